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
    /// <param name="parameters">Inference parameters (<c>params</c>), converted by the signature; null for none.</param>
    /// <exception cref="MlValidationException">A value does not fit; names row and column, or the parameter.</exception>
    MlModelRequest Build(MlModelSignature signature, IReadOnlyList<MlRow> rows, IReadOnlyDictionary<string, object?>? parameters = null);

    /// <summary>What is wrong with a request body, if anything.</summary>
    /// <param name="signature">Signature; null checks the JSON and the form only.</param>
    /// <param name="body">JSON text.</param>
    MlRequestCheck Check(MlModelSignature? signature, string body);

    /// <summary>What is wrong with rows, if anything: the text of each row that cannot be converted.</summary>
    /// <param name="signature">Signature by which values would be converted.</param>
    /// <param name="rows">Rows.</param>
    MlRequestCheck CheckRows(MlModelSignature signature, IReadOnlyList<MlRow> rows);

    /// <summary>Checks inference parameters by themselves.</summary>
    /// <param name="signature">Signature.</param>
    /// <param name="parameters">Names and values.</param>
    /// <exception cref="MlValidationException">A name is unknown, or a value does not fit.</exception>
    void RequireParameters(MlModelSignature signature, IReadOnlyDictionary<string, object?> parameters);
}
