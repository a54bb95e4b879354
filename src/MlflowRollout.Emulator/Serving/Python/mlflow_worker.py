"""Serves one MLflow model to the emulator that started this process.

    mlflow_worker.py                     a line of JSON on standard input says what to load and where to connect
    mlflow_worker.py --check <modules>   says as JSON which of these modules this interpreter imports

A frame is one byte (its kind), four bytes (the length of the rest, little-endian), and the rest. One request is answered at a time. The
process ends when the emulator does: its standard input is closed then, and its parent is another.
"""

import importlib
import importlib.util
import inspect
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
import traceback

HEADER = struct.Struct("<BI")
UINT32 = struct.Struct("<I")
DOUBLE = struct.Struct("<d")

# From the emulator.
SCORE, PING = b"S"[0], b"P"[0]
# To the emulator.
HELLO, LOADED, FAILED, TAKEN, RESULT, ERROR, PONG = b"HLFARXO"

SET_PARENT_DEATH_SIGNAL = 1
PARENT_CHECK_SECONDS = 1.0
LITERAL = 1 << 30
NUMBER_TYPES = {"long": "<i8", "integer": "<i4", "double": "<f8", "float": "<f4", "boolean": "?"}
NOT_RUN = "An unexpected error occurred in scoring script. Check the logs for more info."


def main(arguments):
    # Other scripts beside this one are none of the model's.
    if sys.path and os.path.abspath(sys.path[0] or ".") == os.path.dirname(os.path.abspath(__file__)):
        del sys.path[0]
    if arguments[:1] == ["--check"]:
        return _check(arguments[1:])

    _ignore_signals()
    config = json.loads(_take_standard_input())
    _watch_parent(config["parent"])
    channel = Channel(_connect(config))
    channel.send(HELLO, config["secret"].encode("ascii"))
    try:
        model = load(config)
        read = _with_dates(INPUTS[config["input"]["mode"]](config["input"]), config["dates"])
    except BaseException as failure:  # a model may raise anything, SystemExit included
        lines = traceback.format_exc()
        print(lines, file=sys.stderr, flush=True)
        channel.send(FAILED, json.dumps({"message": _one_line(failure), "traceback": lines}).encode("utf-8"))
        return 3
    channel.send(LOADED, json.dumps({"python": sys.version.split()[0], "by": model.described}).encode("utf-8"))
    return _serve(channel, model, read)


def _serve(channel, model, read):
    while True:
        frame = channel.receive()
        if frame is None:
            return 0
        kind, payload = frame
        if kind == PING:
            channel.send(PONG, b"")
            continue
        channel.send(TAKEN, b"")
        started = time.perf_counter()
        try:
            data, parameters = read(payload)
            kind, answer = RESULT, _to_json(model.predict(data, parameters))
        except BaseException as failure:
            traceback.print_exc()
            sys.stderr.flush()
            kind, answer = ERROR, f"{NOT_RUN} {_one_line(failure)}".encode("utf-8")
        channel.send(kind, DOUBLE.pack((time.perf_counter() - started) * 1000.0) + answer)


class Channel:
    """Frames over a socket."""

    def __init__(self, connection):
        self._connection = connection

    def send(self, kind, payload):
        self._connection.sendall(HEADER.pack(kind, len(payload)) + payload)

    def receive(self):
        """The kind and payload of the next frame; None when the emulator closed the connection."""
        header = self._exactly(HEADER.size)
        if header is None:
            return None
        kind, length = HEADER.unpack(header)
        payload = self._exactly(length)
        return None if payload is None else (kind, payload)

    def _exactly(self, length):
        received = bytearray(length)
        view = memoryview(received)
        done = 0
        while done < length:
            count = self._connection.recv_into(view[done:])
            if count == 0:
                return None
            done += count
        return received


# Models -------------------------------------------------------------------------------------------------------------------------------


class Model:
    """A function of data and inference parameters, and who made it."""

    def __init__(self, predict, described):
        self.predict = predict
        self.described = described


def load(config):
    if config["code"]:
        sys.path.insert(0, config["code"])
    if config["mlflow"] and (config["kind"] == "mlflow" or importlib.util.find_spec("mlflow") is not None):
        return _mlflow(config)
    return LOADERS[config["kind"]](config)


def _mlflow(config):
    pyfunc = importlib.import_module("mlflow.pyfunc")
    model = pyfunc.load_model(config["folder"])
    version = importlib.import_module("mlflow").__version__

    def predict(data, parameters):
        return model.predict(data, params=parameters) if parameters else model.predict(data)

    return Model(predict, f"mlflow.pyfunc of mlflow {version}")


def _loader_module(config):
    """What mlflow.pyfunc does for a loader module of the model's own."""
    loaded = importlib.import_module(config["loader"])._load_pyfunc(config["data"] or config["folder"])
    described = f"{config['loader']}._load_pyfunc"
    if "params" in _arguments(loaded.predict):
        return Model(lambda data, parameters: loaded.predict(data, params=parameters), described)
    return Model(lambda data, parameters: loaded.predict(data), described)


def _sklearn(config):
    library = importlib.import_module("sklearn")
    predict = getattr(_unpickle(config["data"]), config["predict"])
    return Model(lambda data, parameters: predict(data), f"scikit-learn {library.__version__}")


def _xgboost(config):
    library = importlib.import_module("xgboost")
    described = f"xgboost {library.__version__}"
    kind = config["modelClass"] or "xgboost.core.Booster"
    if config["data"].endswith(".pkl"):
        model = _unpickle(config["data"])
    else:
        model = _class_of("xgboost", kind)()
        model.load_model(config["data"])
    predict = getattr(model, config["predict"])
    accepted = _arguments(predict)

    def call(data, parameters):
        # As MLflow's flavor does it: parameters that the function does not know are left out.
        known = {name: value for name, value in (parameters or {}).items() if name in accepted and value is not None}
        return predict(library.DMatrix(data) if isinstance(model, library.Booster) else data, **known)

    return Model(call, described)


def _lightgbm(config):
    library = importlib.import_module("lightgbm")
    if config["data"].endswith(".pkl"):
        model = _unpickle(config["data"])
    else:
        model = library.Booster(model_file=config["data"])
    predict = getattr(model, config["predict"])
    return Model(lambda data, parameters: predict(data), f"lightgbm {library.__version__}")


def _arguments(function):
    """The names of a function's arguments; none where it does not tell."""
    try:
        return set(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return set()


def _class_of(library, name):
    module, _, attribute = name.rpartition(".")
    if module.split(".")[0] != library:
        raise ValueError(f"model_class '{name}' in MLmodel is no class of {library}")
    return getattr(importlib.import_module(module), attribute)


def _unpickle(path):
    with open(path, "rb") as file:
        content = file.read()
    # joblib writes arrays beside the pickle's own stream; cloudpickle writes what pickle reads.
    if path.endswith(".joblib") or b"joblib.numpy_pickle" in content[: 1 << 16]:
        return importlib.import_module("joblib").load(path)
    import pickle

    return pickle.loads(content)


LOADERS = {"sklearn": _sklearn, "xgboost": _xgboost, "lightgbm": _lightgbm, "loader": _loader_module}


# Inputs -------------------------------------------------------------------------------------------------------------------------------


class Cursor:
    """Reads one part of a payload after the other."""

    def __init__(self, payload):
        self._payload = payload
        self._at = 0

    def number(self):
        (value,) = UINT32.unpack_from(self._payload, self._at)
        self._at += UINT32.size
        return value

    def json(self):
        """None where it is empty."""
        length = self.number()
        text = bytes(self._payload[self._at : self._at + length])
        self._at += length
        return json.loads(text) if length else None

    def array(self, numpy, dtype, count):
        values = numpy.frombuffer(self._payload, dtype=dtype, count=count, offset=self._at)
        self._at += values.nbytes
        return values if values.flags.aligned else values.copy()

    def texts(self, numpy, count):
        lengths = self.array(numpy, "<i4", count).tolist()
        values = []
        for length in lengths:
            if length < 0:
                values.append(None)
                continue
            literal, length = length & LITERAL, length & ~LITERAL
            text = str(self._payload[self._at : self._at + length], "utf-8")
            self._at += length
            values.append(json.loads(text) if literal else text)
        return values


def _columns(config):
    """A table, typed by the signature."""
    import numpy
    import pandas

    names = [column["name"] for column in config["columns"]]
    types = [column["type"] for column in config["columns"]]
    named = all(name is not None for name in names)

    def read(payload):
        cursor = Cursor(payload)
        parameters = cursor.json()
        rows = cursor.number()
        columns = {}
        for position, kind in enumerate(types):
            key = names[position] if named else position
            if kind in NUMBER_TYPES:
                columns[key] = cursor.array(numpy, NUMBER_TYPES[kind], rows)
                continue
            texts = cursor.texts(numpy, rows)
            if kind == "datetime":
                columns[key] = pandas.to_datetime(pandas.Series(texts, dtype=object))
            elif kind == "binary":
                columns[key] = numpy.array([None if text is None else _from_base64(text) for text in texts], dtype=object)
            elif kind == "string":
                columns[key] = numpy.array(texts, dtype=object)
            else:
                column = numpy.empty(rows, dtype=object)
                column[:] = [None if text is None else json.loads(text) for text in texts]
                columns[key] = column
        return pandas.DataFrame(columns), parameters

    return read


def _tensors(config):
    """One array, or a dictionary of them."""
    import numpy

    tensors = config["tensors"]

    def read(payload):
        cursor = Cursor(payload)
        parameters = cursor.json()
        arrays = {}
        for tensor in tensors:
            shape = [cursor.number() for _ in range(cursor.number())]
            count = 1
            for dimension in shape:
                count *= dimension
            if tensor["dtype"] == "str":
                # Of a tensor all elements are texts, whatever stood in the JSON.
                texts = [text if text is None or isinstance(text, str) else str(text) for text in cursor.texts(numpy, count)]
                values = numpy.array(texts, dtype=object)
            else:
                values = cursor.array(numpy, tensor["dtype"], count)
            arrays[tensor["name"]] = values.reshape(shape)
        return (arrays if config["named"] else arrays[tensors[0]["name"]]), parameters

    return read


def _anything(config):
    """For a model whose input no signature describes: what the service's script makes of it."""
    form = _language_form if config.get("language") else _form

    def read(payload):
        cursor = Cursor(payload)
        parameters = cursor.json()
        return form(cursor.json()), parameters

    return read


def _form(data):
    """A table in split orient, arrays by name, or an array. A text is taken for JSON."""
    if isinstance(data, str):
        data = json.loads(data)
    if isinstance(data, dict) and "input_data" in data:
        data = data["input_data"]
    if not isinstance(data, (dict, list)):
        raise TypeError(f"'input_data' is a {type(data).__name__}; a model without a signature takes a table with 'columns', 'index' and 'data', an array, or arrays by name")
    if isinstance(data, list) and data and isinstance(data[0], dict):
        raise TypeError("a list of records is not supported by no-code deployments; send 'columns', 'index' and 'data'")
    return _table(data) if _is_table(data) else _arrays(data)


def _language_form(data):
    """For flavors of language models: texts, and lists and dictionaries of texts, are handed on as they are."""
    if isinstance(data, str):
        try:
            data = json.loads(data)
        except ValueError:
            return data
    if isinstance(data, dict) and "input_data" in data:
        data = data["input_data"]
    if isinstance(data, list) and all(isinstance(item, str) or (isinstance(item, dict) and _only_texts(item)) for item in data):
        return data
    if _is_table(data):
        return _table(data)
    if isinstance(data, dict) and _only_texts(data):
        return data
    return _arrays(data) if isinstance(data, (dict, list)) else data


def _only_texts(data):
    return all(isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)) for value in data.values())


def _is_table(data):
    return isinstance(data, dict) and {"columns", "index", "data"} <= data.keys()


def _table(data):
    import io

    import pandas

    return pandas.read_json(io.StringIO(json.dumps(data)), orient="split", dtype=False)


def _arrays(data):
    import numpy

    return numpy.asarray(data) if isinstance(data, list) else {name: numpy.asarray(values) for name, values in data.items()}


def _with_dates(read, names):
    """Inference parameters of type datetime are sent as texts."""
    if not names:
        return read

    def read_with_dates(payload):
        import numpy

        def date(value):
            return None if value is None else numpy.datetime64(value.removesuffix("Z")).astype("datetime64[us]").item()

        data, parameters = read(payload)
        for name in names:
            value = parameters.get(name)
            parameters[name] = [date(item) for item in value] if isinstance(value, list) else date(value)
        return data, parameters

    return read_with_dates


def _from_base64(text):
    import base64

    return base64.b64decode(text, validate=True)


INPUTS = {"columns": _columns, "tensors": _tensors, "json": _anything}


# Answers ------------------------------------------------------------------------------------------------------------------------------


def _to_json(predictions):
    plain = _plain(predictions)
    try:
        text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain_value)
    except ValueError:
        # JSON has no NaN or infinity.
        text = json.dumps(_finite(plain), separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_plain_value)
    return text.encode("utf-8")


def _plain(predictions):
    """As the service's scoring script has it: arrays as lists, tables as a list of records."""
    kind = type(predictions)
    if kind.__module__.split(".")[0] == "pandas":
        if kind.__name__ == "Series":
            predictions = predictions.to_frame()
        if hasattr(predictions, "to_dict"):
            return [{str(name): value for name, value in record.items()} for record in predictions.to_dict(orient="records")]
    if isinstance(predictions, dict):
        return {str(name): _plain(value) for name, value in predictions.items()}
    return predictions.tolist() if hasattr(predictions, "tolist") else predictions


def _plain_value(value):
    if hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        import base64

        return base64.b64encode(value).decode("ascii")
    if isinstance(value, (set, tuple)):
        return list(value)
    raise TypeError(f"the model's answer holds a {type(value).__name__}, which JSON cannot carry")


def _finite(value):
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if value - value == 0 else None
    if isinstance(value, dict):
        return {name: _finite(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value


def _one_line(failure):
    return " ".join(f"{type(failure).__name__}: {failure}".split())[:2000]


# The process --------------------------------------------------------------------------------------------------------------------------


def _check(modules):
    """Imports each module for real: one that is there but broken is of no use."""
    found, missing = {}, {}
    for name in modules:
        try:
            found[name] = str(getattr(importlib.import_module(name), "__version__", ""))
        except BaseException as failure:
            missing[name] = _one_line(failure)
    print(json.dumps({"executable": sys.executable, "version": sys.version.split()[0], "found": found, "missing": missing}))
    return 0


def _ignore_signals():
    # Both reach the whole group of a terminal or a service; the emulator drains first and then closes our input.
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)


def _take_standard_input():
    """The first line of standard input. The rest of it belongs to the watch; the model sees an empty one."""
    global _input
    _input = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    line = bytearray()
    while not line.endswith(b"\n"):
        part = os.read(_input, 65536)
        if not part:
            os._exit(4)
        line += part
    return bytes(line)


def _watch_parent(parent):
    if sys.platform == "linux":
        try:
            import ctypes

            ctypes.CDLL(None).prctl(SET_PARENT_DEATH_SIGNAL, signal.SIGKILL)
        except (OSError, AttributeError, ImportError):
            pass  # the watches below are enough, unless the model never lets go of the interpreter
    if sys.platform != "win32":
        if os.getppid() != parent:
            os._exit(4)
        threading.Thread(target=_end_with_parent, args=(parent,), daemon=True).start()
    threading.Thread(target=_end_with_input, daemon=True).start()


def _end_with_parent(parent):
    while os.getppid() == parent:
        time.sleep(PARENT_CHECK_SECONDS)
    os._exit(0)


def _end_with_input():
    try:
        while os.read(_input, 1024):
            pass
    except OSError:
        pass
    os._exit(0)


def _connect(config):
    if config["socket"]:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(config["socket"])
        return connection
    connection = socket.create_connection(("127.0.0.1", config["port"]))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


if __name__ == "__main__":
    exit_code = 1
    try:
        exit_code = main(sys.argv[1:])
    except (BrokenPipeError, ConnectionError):
        exit_code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except OSError:
            pass
        # Threads of the model must not hold the process.
        os._exit(exit_code)
