using System.Text;
using MlflowRollout.Engine.Yaml;
using YamlDotNet.Core;

namespace MlflowRollout.Engine.Definitions;

/// <summary>Opens definition files: their text, and what it says, whether YAML or JSON.</summary>
internal static class DefinitionFile
{
    private const int LargestFile = 1024 * 1024;
    private static readonly UTF8Encoding Utf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Reads a file.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="onDuplicate">Told of a key that is there twice.</param>
    /// <exception cref="MlValidationException">There is no such file, or it is neither YAML nor JSON.</exception>
    public static YamlItem Read(string path, Action<YamlItem> onDuplicate) => Parse(path, Decode(path, ReadBytes(path)), onDuplicate);

    private static YamlItem Parse(string path, string text, Action<YamlItem> onDuplicate)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            throw DefinitionFindings.Unreadable(path, 1, 1, "the file is empty");
        }

        try
        {
            if (!JsonTree.LooksLikeJson(text))
            {
                return YamlTree.Read(text, onDuplicate);
            }

            // Duplicates are told only of the reading that succeeds.
            List<YamlItem> duplicates = [];
            YamlItem root = ReadJson(text, duplicates.Add, duplicates.Clear);
            duplicates.ForEach(onDuplicate);
            return root;
        }
        catch (YamlException exception)
        {
            throw DefinitionFindings.Unreadable(path, exception, HasPlaceholder(text, exception.Start.Line));
        }
    }

    private static bool HasPlaceholder(string text, long line) =>
        line > 0 && text.Split('\n', (int)Math.Min(line + 1, int.MaxValue)).ElementAtOrDefault((int)line - 1)?.Contains("{{", StringComparison.Ordinal) == true;

    // YAML in JSON's style is allowed: names without quotes, a comma at the end.
    private static YamlItem ReadJson(string text, Action<YamlItem> onDuplicate, Action reset)
    {
        try
        {
            return JsonTree.Read(text, onDuplicate);
        }
        catch (YamlException json)
        {
            reset();
            try
            {
                return YamlTree.Read(text, onDuplicate);
            }
            catch (YamlException)
            {
                throw json;
            }
        }
    }

    private static byte[] ReadBytes(string path)
    {
        if (Directory.Exists(path))
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{path}' is a folder, and a definition is a file.") { Target = path };
        }

        if (!File.Exists(path))
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"There is no definition file '{path}'.", MlErrorCategory.ObjectNotFound) { Target = path };
        }

        return BoundedFile.Read(path, LargestFile) switch
        {
            (byte[] bytes, _) => bytes,
            (_, { } problem) => throw DefinitionFindings.Unreadable(path, 1, 1, problem),
            _ => throw DefinitionFindings.Unreadable(path, 1, 1, "the file cannot be read"),
        };
    }

    private static string Decode(string path, byte[] bytes)
    {
        // Windows PowerShell writes UTF-16 where output is redirected to a file.
        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return new UnicodeEncoding(bigEndian: bytes[0] == 0xFE, byteOrderMark: true).GetString(bytes, 2, bytes.Length - 2);
        }

        int start = bytes is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        try
        {
            return Utf8.GetString(bytes, start, bytes.Length - start);
        }
        catch (DecoderFallbackException exception)
        {
            int bad = Math.Clamp(start + Math.Max(exception.Index, 0), 0, bytes.Length);
            int line = bytes.AsSpan(0, bad).LastIndexOf((byte)'\n') + 1;
            throw DefinitionFindings.Unreadable(path, bytes.AsSpan(0, bad).Count((byte)'\n') + 1, bad - line + 1, "there is a byte that is no UTF-8", exception);
        }
    }
}
