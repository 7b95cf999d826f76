/// How rows are written in a file.
public enum FileFormat: String, Sendable, Hashable, CaseIterable {
  /// Commas between fields, quotes as in RFC 4180.
  case csv
  /// Tabs between fields, quotes as in CSV.
  case tsv
  /// Semicolons between fields, quotes as in CSV: what spreadsheets write where the comma is the decimal point.
  case semicolons
  /// One space between fields, quotes as in CSV.
  case spaces
  /// One JSON object per line.
  case ndjson

  /// The byte between fields; means nothing for NDJSON.
  var delimiter: UInt8 {
    switch self {
    case .csv: UInt8(ascii: ",")
    case .tsv: UInt8(ascii: "\t")
    case .semicolons: UInt8(ascii: ";")
    case .spaces: UInt8(ascii: " ")
    case .ndjson: 0
    }
  }

  var isDelimited: Bool { self != .ndjson }

  /// By the name's ending, past those of compressions.
  init?(fileName: String) {
    var name = fileName.lowercased()
    for ending in [".gz", ".gzip", ".lz4"] where name.hasSuffix(ending) {
      name.removeLast(ending.count)
    }
    if name.hasSuffix(".csv") {
      self = .csv
    } else if name.hasSuffix(".tsv") || name.hasSuffix(".tab") {
      self = .tsv
    } else if [".ndjson", ".jsonl", ".json"].contains(where: { name.hasSuffix($0) }) {
      self = .ndjson
    } else {
      return nil
    }
  }

  /// What a file that is called CSV is separated by in truth: semicolons or tabs where the first line has some and no
  /// comma, and the second, if there is one, has some too.
  func lookingAgain(at content: UnsafeBufferPointer<UInt8>) -> FileFormat {
    guard self == .csv else { return self }
    let lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 2)
    guard let first = lines.first, !Self.has(self, first) else { return self }
    return [FileFormat.semicolons, .tsv].first { format in
      Self.has(format, first) && lines.dropFirst().first.map { Self.has(format, $0) } != false
    } ?? self
  }

  /// Whether a line has the separator outside of quotes.
  private static func has(_ format: FileFormat, _ line: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
    var isQuoted = false
    for byte in line {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if byte == format.delimiter, !isQuoted { return true }
    }
    return false
  }

  /// By the first lines: the separator that they have in equal number.
  init(content: UnsafeBufferPointer<UInt8>) {
    let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
    if let first = content.first(where: { !isSpace($0) }), first == UInt8(ascii: "{") {
      self = .ndjson
      return
    }
    let lines = content.split(separator: UInt8(ascii: "\n"), maxSplits: 20).prefix(20)
    let candidates: [FileFormat] = [.tsv, .csv, .semicolons, .spaces]
    for format in candidates {
      let counts = lines.map { line in line.count { $0 == format.delimiter } }
      if let first = counts.first, first > 0, counts.dropLast().allSatisfy({ $0 == first }) {
        self = format
        return
      }
    }
    let head = lines.first ?? content[...]
    self =
      candidates.first { format in format != .spaces && head.contains(format.delimiter) } ?? .csv
  }
}
