using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Xml;
using MlflowRollout.Emulator.Hosting;

namespace MlflowRollout.Emulator.Storage.Api;

/// <summary>The list of a container's blobs.</summary>
internal sealed class BlobLister(EmulatorContext context)
{
    private const int LargestPage = 5000;
    private static readonly string PastAll = char.ConvertFromUtf32(0x10FFFF);

    public async Task ListAsync(BlobRequest request)
    {
        string prefix = request.Query("prefix") ?? string.Empty;
        string delimiter = request.Query("delimiter") ?? string.Empty;
        int limit = request.QueryInteger("maxresults", 1, LargestPage) ?? LargestPage;
        string marker = request.Query("marker") ?? string.Empty;
        bool metadata = (request.Query("include") ?? string.Empty).Split(',').Contains("metadata", StringComparer.OrdinalIgnoreCase);
        (List<object> entries, string next) = Collect(request.Container!, prefix, delimiter, Decode(marker), limit);

        using MemoryStream buffer = new();
        XmlWriterSettings settings = new() { Encoding = new UTF8Encoding(false), CheckCharacters = true };
        using (XmlWriter xml = XmlWriter.Create(buffer, settings))
        {
            xml.WriteStartElement("EnumerationResults");
            xml.WriteAttributeString("ServiceEndpoint", context.BlobEndpoint + "/");
            xml.WriteAttributeString("ContainerName", request.Container!);
            WriteIfAny(xml, "Prefix", prefix);
            WriteIfAny(xml, "Marker", marker);
            xml.WriteElementString("MaxResults", limit.ToString(CultureInfo.InvariantCulture));
            WriteIfAny(xml, "Delimiter", delimiter);
            xml.WriteStartElement("Blobs");
            foreach (object entry in entries)
            {
                if (entry is BlobRecord blob)
                {
                    Write(xml, blob, metadata);
                }
                else
                {
                    xml.WriteStartElement("BlobPrefix");
                    xml.WriteElementString("Name", (string)entry);
                    xml.WriteEndElement();
                }
            }

            xml.WriteEndElement();
            xml.WriteElementString("NextMarker", Encode(next));
            xml.WriteEndElement();
        }

        HttpResponse response = request.Http.Response;
        response.ContentType = "application/xml";
        response.ContentLength = buffer.Length;
        await response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), request.Aborted);
    }

    /// <summary>Blobs, and names of prefixes, up to the limit; and the name after which the next page goes on.</summary>
    private (List<object> Entries, string Next) Collect(string container, string prefix, string delimiter, string after, int limit)
    {
        List<object> entries = [];
        while (true)
        {
            List<BlobRecord> blobs = context.Database.Read(connection => BlobTable.List(connection, container, prefix, after, limit - entries.Count + 1));
            bool jumped = false;
            foreach (BlobRecord blob in blobs)
            {
                if (entries.Count == limit)
                {
                    return (entries, after);
                }

                int cut = delimiter.Length == 0 ? -1 : blob.Name.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
                if (cut >= 0)
                {
                    string folder = blob.Name[..(cut + delimiter.Length)];
                    entries.Add(folder);
                    after = folder + PastAll;
                    jumped = true;
                    break;
                }

                entries.Add(blob);
                after = blob.Name;
            }

            if (!jumped)
            {
                return (entries, string.Empty);
            }
        }
    }

    private static void Write(XmlWriter xml, BlobRecord blob, bool metadata)
    {
        xml.WriteStartElement("Blob");
        xml.WriteElementString("Name", blob.Name);
        xml.WriteStartElement("Properties");
        xml.WriteElementString("Creation-Time", blob.CreatedAt.ToString("R", CultureInfo.InvariantCulture));
        xml.WriteElementString("Last-Modified", blob.ModifiedAt.ToString("R", CultureInfo.InvariantCulture));
        xml.WriteElementString("Etag", blob.ETag.Trim('"'));
        xml.WriteElementString("Content-Length", blob.Size.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("Content-Type", blob.ContentType);
        xml.WriteElementString("Content-MD5", blob.ContentMd5 ?? string.Empty);
        xml.WriteElementString("BlobType", "BlockBlob");
        xml.WriteElementString("AccessTier", "Hot");
        xml.WriteElementString("AccessTierInferred", "true");
        xml.WriteElementString("LeaseStatus", "unlocked");
        xml.WriteElementString("LeaseState", "available");
        xml.WriteElementString("ServerEncrypted", "false");
        xml.WriteEndElement();
        if (metadata)
        {
            xml.WriteStartElement("Metadata");
            foreach ((string name, JsonNode? value) in blob.Metadata)
            {
                xml.WriteElementString(XmlConvert.EncodeLocalName(name), value!.GetValue<string>());
            }

            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteIfAny(XmlWriter xml, string name, string value)
    {
        if (value.Length > 0)
        {
            xml.WriteElementString(name, value);
        }
    }

    private static string Encode(string after) => after.Length == 0 ? string.Empty : Convert.ToBase64String(Encoding.UTF8.GetBytes(after));

    private static string Decode(string marker)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(marker));
        }
        catch (FormatException)
        {
            throw BlobException.InvalidQuery("marker", "must be one that this service gave out");
        }
    }
}
