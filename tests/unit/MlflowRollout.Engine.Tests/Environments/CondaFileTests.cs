using MlflowRollout.Engine.Environments;
using Xunit;

namespace MlflowRollout.Engine.Tests.Environments;

public sealed class CondaFileTests
{
    // What Python's yaml.dump(yaml.safe_load(text), sort_keys=True) gives: the version of an anonymous environment is the hash of that text.
    [Fact]
    public void Normalize_EveryKindOfScalar_IsByteByByteWhatPythonWrites()
    {
        const string given = """
        name: env
        channels: [conda-forge, "a: b"]
        dependencies:
          - python=3.10
          - pip
          - pip:
            - mlflow
            - azureml-inference-server-http
            - 'numpy>=1.2,<2; python_version > "3"'
            - -r x
            - '#c'
            - '1.0'
            - 'yes'
            - ' x '
            - it's
            - '@foo'
            - 'a #b'
            - "caf\u00e9"
            - 'xgboost==1.7 # very long text word word word word word word word word word word word word word word word word word word word word'
            - https://x.test/a/very/long/plain/text/without/hash word word word word word word word word word word word word word word
            - "two\nlines"
            - ''
            - ~
            - 'null'
            - "{a}"
            - "- x"
            - "x:"
            - "tab\there"
            - 3.10
            - 1e3
            - +12
            - 2020-01-02
            - 1.5e+10
            - 100000000000000000.0
            - 0.00001
            - [a, [b, c], {d: e, f: [g]}]
            - "?"
            - "%x"
            - "a,b"
            - "x]"
            - "!t"
            - "=" 
            - "trail:ing"
            - --find-links x
            - "---x"
        variables: {A: 1, B: true, C: null, D: 1.5, E: '1', F: '', G: [], H: {}, "key: odd": 1, "on": 2}
        """;
        const string expected = """
        channels:
        - conda-forge
        - 'a: b'
        dependencies:
        - python=3.10
        - pip
        - pip:
          - mlflow
          - azureml-inference-server-http
          - numpy>=1.2,<2; python_version > "3"
          - -r x
          - '#c'
          - '1.0'
          - 'yes'
          - ' x '
          - it's
          - '@foo'
          - 'a #b'
          - "caf\xE9"
          - 'xgboost==1.7 # very long text word word word word word word word word word word
            word word word word word word word word word word'
          - https://x.test/a/very/long/plain/text/without/hash word word word word word word
            word word word word word word word word
          - 'two

            lines'
          - ''
          - null
          - 'null'
          - '{a}'
          - '- x'
          - 'x:'
          - "tab\there"
          - 3.1
          - 1e3
          - 12
          - 2020-01-02
          - 15000000000.0
          - 1.0e+17
          - 1.0e-05
          - - a
            - - b
              - c
            - d: e
              f:
              - g
          - '?'
          - '%x'
          - a,b
          - x]
          - '!t'
          - '='
          - trail:ing
          - --find-links x
          - '---x'
        name: env
        variables:
          A: 1
          B: true
          C: null
          D: 1.5
          E: '1'
          F: ''
          G: []
          H: {}
          'key: odd': 1
          'on': 2

        """;

        Assert.Equal(expected.ReplaceLineEndings("\n"), CondaFile.Normalize(given));
    }

    [Fact]
    public void Normalize_SameContentInAnotherStyle_IsTheSameText() => Assert.Equal(
        CondaFile.Normalize("name: m\nchannels: [conda-forge]\ndependencies:\n  - python=3.10\n"),
        CondaFile.Normalize("{dependencies: [python=3.10], 'channels': ['conda-forge'], name: \"m\"}"));

    [Theory]
    [InlineData("dependencies: [", "line")]
    [InlineData("just text", "no map")]
    [InlineData("dependencies: python", "'dependencies' at line 1 is no list")]
    [InlineData("", "empty")]
    public void Normalize_NoCondaFile_SaysWhatIsWrong(string text, string expected)
    {
        MlValidationException error = Assert.Throws<MlValidationException>(() => CondaFile.Normalize(text));

        Assert.Equal(MlErrorIds.EnvironmentInvalid, error.ErrorId);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }
}
