using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using MlflowRollout.Engine.Models;
using MlflowRollout.Engine.Requests;

namespace MlflowRollout.Engine.Code;

/// <summary>
/// A local folder or file of source (code, or what an image is built from) as the official clients take it: without what its ignore file leaves out, with the
/// hashes by which those clients find it again in storage and guard it against change.
/// </summary>
internal sealed class SourceContent
{
    /// <summary>Version of the rule by which <see cref="ComputeFingerprintAsync"/> works, as the service knows it.</summary>
    public const string FingerprintVersion = "202208";

    private const string HashSeed = "Initialize for october 2021 AML CLI version";
    private const int BufferSize = 128 * 1024;

    private readonly string _path;
    private readonly IgnoreRules _rules;

    private SourceContent(string path, string name, bool isFolder, IgnoreRules rules, IReadOnlyList<LocalFile> files)
    {
        _path = path;
        _rules = rules;
        Name = name;
        IsFolder = isFolder;
        Files = files;
    }

    /// <summary>Name of the folder or file.</summary>
    public string Name { get; }

    /// <summary>True for a folder.</summary>
    public bool IsFolder { get; }

    /// <summary>Files that are uploaded, in the order of their paths.</summary>
    public IReadOnlyList<LocalFile> Files { get; }

    /// <summary>The ignore file that applies; null where there is none.</summary>
    public string? IgnoreFile => _rules.FileName;

    /// <summary>Reads what a path leads to.</summary>
    /// <param name="path">Full path.</param>
    /// <param name="kind">What it is, for messages: <c>code</c> or <c>build context</c>.</param>
    /// <param name="errorId">Id of the error where it cannot be used.</param>
    /// <exception cref="MlValidationException">There is nothing, it is empty, or a link leads out of it.</exception>
    public static SourceContent Open(string path, string kind, string errorId)
    {
        try
        {
            if (File.Exists(path))
            {
                FileInfo file = new(path);
                return new SourceContent(path, file.Name, isFolder: false, IgnoreRules.None, [new LocalFile(path, file.Name, file.Length)]);
            }

            if (!Directory.Exists(path))
            {
                throw new MlValidationException(MlErrorIds.PathNotFound, $"There is no file or folder '{path}' for the {kind}. Nothing was changed.", MlErrorCategory.ObjectNotFound)
                {
                    Target = path,
                    RecommendedAction = "Relative paths count from the current location, in a definition file from that file's folder.",
                };
            }

            IgnoreRules rules = IgnoreRules.Read(path);
            LocalFile[] files = [.. Walk(path, rules, kind, errorId).OrderBy(file => file.RelativePath, StringComparer.Ordinal)];
            return files.Length > 0
                ? new SourceContent(path, new DirectoryInfo(path).Name, isFolder: true, rules, files)
                : throw Unusable(path, kind, errorId, rules.FileName is null ? "is empty" : $"holds nothing that {rules.FileName} does not leave out");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{path}' cannot be read: {exception.Message} Nothing was changed.", MlErrorCategory.ReadError, exception)
            {
                Target = path,
            };
        }
    }

    /// <summary>True where the content has the file, and it is not left out.</summary>
    public bool Has(string relativePath) => Files.Any(file => file.RelativePath == relativePath);

    /// <summary>True where an ignore file leaves it out.</summary>
    public bool LeavesOut(string relativePath) => _rules.Excludes(relativePath);

    /// <summary>MD5 over names and contents, which names the place in storage: the same content is uploaded once, whoever uploads it.</summary>
    public async Task<string> ComputeStorageHashAsync(CancellationToken cancellationToken)
    {
#pragma warning disable CA5351 // The rule of the official clients; it names a place and guards nothing.
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
        hash.AppendData(Encoding.UTF8.GetBytes(HashSeed));
        if (IsFolder)
        {
            await AppendFolderAsync(hash, _path, string.Empty, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await AppendAsync(hash, Files[0], cancellationToken).ConfigureAwait(false);
        }

        return Finish(hash);
    }

    /// <summary>SHA-256 over count, paths, lengths and contents, which is kept with the registered code.</summary>
    public async Task<string> ComputeFingerprintAsync(CancellationToken cancellationToken)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        LocalFile[] sorted = [.. Files.OrderBy(file => file.RelativePath.ToLowerInvariant(), StringComparer.Ordinal)];
        hash.AppendData(Encoding.UTF8.GetBytes(sorted.Length.ToString(CultureInfo.InvariantCulture)));
        foreach (LocalFile file in sorted)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"#{file.RelativePath}#{file.Length}")));
        }

        foreach (LocalFile file in sorted)
        {
            await AppendAsync(hash, file, cancellationToken).ConfigureAwait(false);
        }

        return Finish(hash);
    }

    private static IEnumerable<LocalFile> Walk(string root, IgnoreRules rules, string kind, string errorId)
    {
        ModelFolder bounds = new(root);
        Stack<(DirectoryInfo Folder, string Prefix)> open = new([(new DirectoryInfo(root), string.Empty)]);
        while (open.TryPop(out (DirectoryInfo Folder, string Prefix) next))
        {
            foreach (FileSystemInfo item in next.Folder.EnumerateFileSystemInfos())
            {
                string relative = next.Prefix + item.Name;
                bool isFolder = item is DirectoryInfo;
                if (isFolder ? rules.ExcludesAllOf(relative) : rules.Excludes(relative))
                {
                    continue;
                }

                if (item.LinkTarget is not null && bounds.BrokenLinkRule(item) is { } rule)
                {
                    throw Unusable(root, kind, errorId, $"has the link '{relative}' to '{item.LinkTarget}', which {rule}");
                }

                if (item is DirectoryInfo inner)
                {
                    open.Push((inner, relative + "/"));
                }
                else
                {
                    // The length of what a link leads to, not of the link.
                    long length = item.LinkTarget is null ? ((FileInfo)item).Length : ((FileInfo)item.ResolveLinkTarget(returnFinalTarget: true)!).Length;
                    yield return new LocalFile(item.FullName, relative, length);
                }
            }
        }
    }

    // The rule of the official clients: names and contents in the order of the lower-case names, folder by folder.
    private async Task AppendFolderAsync(IncrementalHash hash, string folder, string prefix, CancellationToken cancellationToken)
    {
        foreach (FileSystemInfo item in new DirectoryInfo(folder).EnumerateFileSystemInfos().OrderBy(item => item.Name.ToLowerInvariant(), StringComparer.Ordinal))
        {
            string relative = prefix + item.Name;
            if (_rules.Excludes(relative))
            {
                continue;
            }

            hash.AppendData(Encoding.UTF8.GetBytes(item.Name));
            if (item is DirectoryInfo)
            {
                if (!_rules.ExcludesAllOf(relative))
                {
                    await AppendFolderAsync(hash, item.FullName, relative + "/", cancellationToken).ConfigureAwait(false);
                }
            }
            else
            {
                await AppendAsync(hash, new LocalFile(item.FullName, relative, 0), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static async Task AppendAsync(IncrementalHash hash, LocalFile file, CancellationToken cancellationToken)
    {
        try
        {
            byte[] buffer = new byte[BufferSize];
            FileStream stream = file.OpenRead();
            await using (stream.ConfigureAwait(false))
            {
                int read;
                while ((read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
                {
                    hash.AppendData(buffer, 0, read);
                }
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new MlValidationException(MlErrorIds.PathNotFound, $"'{file.FullPath}' cannot be read: {exception.Message} Nothing was changed.", MlErrorCategory.ReadError, exception)
            {
                Target = file.FullPath,
            };
        }
    }

    private static string Finish(IncrementalHash hash) => Convert.ToHexString(hash.GetHashAndReset()).ToLowerInvariant();

    private static MlValidationException Unusable(string path, string kind, string errorId, string why) =>
        new(errorId, $"The folder '{path}' for the {kind} {why}. Nothing was changed.", MlErrorCategory.InvalidData) { Target = path };
}
