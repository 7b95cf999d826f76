/// The format rows are written in.
public enum SampleFormat: String, CaseIterable, Sendable {
  /// RFC 4180 with a header and `\n` at the end of rows; an empty field is null.
  case csv
  /// One JSON object per line, with all keys; `null` is null.
  case ndjson
}
