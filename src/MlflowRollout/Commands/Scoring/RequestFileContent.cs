using System.Management.Automation;
using System.Text;
using MlflowRollout.Parameters;

namespace MlflowRollout.Commands;

/// <summary>Reads request files. For the pipeline thread only.</summary>
internal static class RequestFileContent
{
    /// <summary>The text of a file as UTF-8 without a mark, whichever Unicode encoding it is in.</summary>
    /// <exception cref="MlValidationException">The file is not there or cannot be read.</exception>
    internal static byte[] Read(PSCmdlet cmdlet, string file)
    {
        string path = FileSystemPath.ResolveLiteral(cmdlet, file);
        try
        {
            byte[] content = File.ReadAllBytes(path);
            return content switch
            {
                [0xEF, 0xBB, 0xBF, ..] => content[3..],
                [0xFF, 0xFE, ..] => Encoding.Convert(Encoding.Unicode, Encoding.UTF8, content, 2, content.Length - 2),
                [0xFE, 0xFF, ..] => Encoding.Convert(Encoding.BigEndianUnicode, Encoding.UTF8, content, 2, content.Length - 2),
                _ => content,
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"The request file '{path}' cannot be read: {e.Message}", MlErrorCategory.ReadError, e)
            {
                Target = path,
                RecommendedAction = "Name a file that holds a request in JSON.",
            };
        }
    }
}
