using System.Text.Json;
using MlflowRollout.Engine.Requests;

namespace MlflowRollout.Engine.Scoring;

/// <summary>
/// Sends a batch until every row of it has a result: retries what may go away, halves what the model refuses until the bad row stands alone, and gives up
/// on the whole stream only when nothing further can succeed.
/// </summary>
internal sealed class BatchSender(ScoringTransport transport, RetryRule retries, SendRate? rate, TimeSpan timeout, AttemptGate attempts)
{
    private volatile bool _anySuccess;
    private long _successes;

    /// <summary>Gives every row of a batch a result.</summary>
    /// <exception cref="MlScoringException">The stream as a whole cannot go on.</exception>
    public Task SendAsync(RowBatch batch, CancellationToken cancellationToken) => SendAsync(batch, 0, batch.SentCount, cancellationToken);

    private async Task SendAsync(RowBatch batch, int from, int count, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte> body = batch.Body(from, count, out Utf8Buffer? copy);
        bool halve;
        using (copy)
        {
            halve = await SendPartAsync(batch, from, count, body, cancellationToken).ConfigureAwait(false);
        }

        if (halve)
        {
            int half = count / 2;
            await SendAsync(batch, from, half, cancellationToken).ConfigureAwait(false);
            await SendAsync(batch, from + half, count - half, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> SendPartAsync(RowBatch batch, int from, int count, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        long successesBefore = Interlocked.Read(ref _successes);
        for (int failures = 1; ; failures++)
        {
            if (rate is not null)
            {
                await rate.WaitAsync(cancellationToken).ConfigureAwait(false);
            }

            using ScoringReply reply = await AttemptAsync(body, cancellationToken).ConfigureAwait(false);
            if (reply.IsSuccess)
            {
                _anySuccess = true;
                Interlocked.Increment(ref _successes);
                Read(batch, from, count, reply);
                return false;
            }

            if (reply.Status is 401 or 403 or 404)
            {
                throw ScoringErrors.From(transport.Target, reply);
            }

            if (RetryRule.IsTransient(reply.Status) && !reply.TimedOut)
            {
                if (RetryRule.MayRetry(reply.Status, failures, _anySuccess))
                {
                    await retries.WaitAsync(failures, reply.RetryAfter, cancellationToken).ConfigureAwait(false);
                    continue;
                }

                // Nobody else got through meanwhile either: this is no matter of some rows.
                if (reply.Status == 0 && Interlocked.Read(ref _successes) == successesBefore)
                {
                    throw ScoringErrors.From(transport.Target, reply);
                }
            }
            else if (count > 1 && IsPerhapsOneRow(reply))
            {
                return true;
            }

            batch.Fail(from, count, ScoringErrors.From(transport.Target, reply).Message, reply);
            return false;
        }
    }

    private async ValueTask<ScoringReply> AttemptAsync(ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        long epoch = await attempts.BeginAsync(cancellationToken).ConfigureAwait(false);
        bool refused = false;
        try
        {
            ScoringReply reply = await transport.PostAsync(body, timeout, cancellationToken).ConfigureAwait(false);
            refused = reply.Status is 429 or 503;
            return reply;
        }
        finally
        {
            attempts.End(epoch, refused);
        }
    }

    // What depends on the rows: too slow, too large, refused by the model or by the server before it.
    private static bool IsPerhapsOneRow(ScoringReply reply) => reply.TimedOut || reply.Status is 400 or 408 or 413 or 422 or 424 or 500;

    private void Read(RowBatch batch, int from, int count, ScoringReply reply)
    {
        List<object?> rows = batch.Scratch;
        rows.Clear();
        try
        {
            IReadOnlyList<object?>? predictions = rows;
            if (!ReplyParser.TryReadList(reply.Body, rows))
            {
                predictions = ReplyParser.ReadRows(reply.Body) ?? (count == 1 ? [ReplyParser.ReadValue(reply.Body)] : null);
            }

            if (predictions is null)
            {
                batch.Fail(from, count, ScoringErrors.Unusable(transport.Target, reply, $"it is no list of {count} predictions.").Message, reply);
            }
            else if (predictions.Count != count)
            {
                string rule = $"it has {predictions.Count} predictions for {count} rows, so they cannot be told apart.";
                batch.Fail(from, count, ScoringErrors.Unusable(transport.Target, reply, rule).Message, reply);
            }
            else
            {
                batch.Answer(from, predictions, reply);
            }
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException)
        {
            batch.Fail(from, count, ScoringErrors.Unusable(transport.Target, reply, $"it is no JSON ({exception.Message})").Message, reply);
        }
        finally
        {
            rows.Clear();
        }
    }
}
