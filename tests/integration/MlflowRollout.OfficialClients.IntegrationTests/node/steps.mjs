// Prints one line of JSON a step.

/** Kind, status, code and message of an error, as a user's catch block sees them. */
export function describe(error) {
  const details = (error.details?.error?.details ?? []).map(({ code, message }) => ({ code, message }));
  return { type: error.name, status: error.statusCode ?? null, code: error.code ?? null, message: error.message, details };
}

function write(step, line) {
  console.log(JSON.stringify({ step, ...line }));
}

/** Runs a step and ends the process if it fails; what the action gives is its result. */
export async function run(name, action) {
  try {
    const result = (await action()) ?? null;
    write(name, { result });
    return result;
  } catch (error) {
    write(name, { failure: describe(error) });
    console.error(error);
    process.exit(1);
  }
}

/** Runs a step that the service must refuse; the error is its result. */
export function refused(name, action) {
  return run(name, async () => {
    try {
      await action();
    } catch (error) {
      return describe(error);
    }
    throw new Error("nothing was refused");
  });
}
