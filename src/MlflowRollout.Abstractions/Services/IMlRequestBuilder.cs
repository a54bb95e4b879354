namespace MlflowRollout.Services;

/// <summary>Requests and signatures, without any call.</summary>
public interface IMlRequestBuilder
{
    /// <summary>Reads the signature of a local model folder.</summary>
    /// <param name="folder">Full path of the folder that holds <c>MLmodel</c>.</param>
    /// <exception cref="MlValidationException">The folder is no usable MLflow model.</exception>
    MlModelSignature? ReadSignature(string folder);

    /// <summary>A request body in the form of a table (<c>input_data</c> with columns, index and data).</summary>
    /// <param name="signature">Signature by which values are converted.</param>
    /// <param name="rows">Rows.</param>
    /// <exception cref="MlValidationException">A value does not fit; names row and column.</exception>
    MlModelRequest Build(MlModelSignature signature, IReadOnlyList<MlRow> rows);

    /// <summary>Everything that is wrong with a request body; empty when it fits.</summary>
    /// <param name="signature">Signature; null checks the JSON and the form only.</param>
    /// <param name="body">JSON text.</param>
    IReadOnlyList<string> Check(MlModelSignature? signature, string body);
}
