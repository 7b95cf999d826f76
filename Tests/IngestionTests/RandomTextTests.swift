import ColumnStore
import Ingestion
import Testing

struct RandomTextTests {
  /// SplitMix64.
  struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
  }

  private static let pieces = [
    "\"", "\"\"", ",", "\n", "\r\n", "a", "longer text than sixteen bytes", "é", "5", " ", "\\N",
    "",
  ]

  /// What a field reads as: RFC 4180, a character at a time.
  private func naive(_ text: String) -> [[Value]]? {
    var rows: [[Value]] = []
    var row: [Value] = []
    var field = ""
    var isQuoted = false
    let characters = Array(text.unicodeScalars)
    var position = 0
    func value() -> Value {
      if isQuoted { return .text(field) }
      return field.isEmpty || field == "\\N" ? .null : .text(field)
    }
    while position < characters.count {
      field = ""
      isQuoted = characters[position] == "\""
      if isQuoted {
        position += 1
        while true {
          guard position < characters.count else { return nil }
          if characters[position] != "\"" {
            field.unicodeScalars.append(characters[position])
            position += 1
          } else if position + 1 < characters.count && characters[position + 1] == "\"" {
            field += "\""
            position += 2
          } else {
            position += 1
            break
          }
        }
      }
      var rest = ""
      while position < characters.count, characters[position] != ",", characters[position] != "\n" {
        rest.unicodeScalars.append(characters[position])
        position += 1
      }
      let isRowEnd = position == characters.count || characters[position] == "\n"
      if isRowEnd && rest.unicodeScalars.last == "\r" { rest.unicodeScalars.removeLast() }
      if isQuoted && !rest.isEmpty { return nil }
      field += rest
      row.append(value())
      position += 1
      if isRowEnd {
        rows.append(row)
        row = []
      } else if position >= characters.count {
        isQuoted = false
        field = ""
        row.append(value())
        rows.append(row)
      }
    }
    return rows
  }

  @Test(arguments: UInt64(0)..<60)
  func `random fields come back as a reader of single characters sees them`(seed: UInt64) throws {
    var generator = Generator(state: seed)
    let columnCount = Int.random(in: 1...4, using: &generator)
    var text = ""
    for _ in 0..<Int.random(in: 1...30, using: &generator) {
      for column in 0..<columnCount {
        var field = ""
        for _ in 0..<Int.random(in: 0...3, using: &generator) {
          field += Self.pieces.randomElement(using: &generator) ?? ""
        }
        if field.utf8.contains(where: { "\",\r\n".utf8.contains($0) })
          || Bool.random(using: &generator)
        {
          field = "\"" + field.replacing("\"", with: "\"\"") + "\""
        }
        text += (column > 0 ? "," : "") + field
      }
      text += Bool.random(using: &generator) ? "\n" : "\r\n"
    }
    var options = LoadOptions()
    options.hasHeader = false
    options.columns = (0..<columnCount).map { "c\($0)" }
    options.types = Dictionary(uniqueKeysWithValues: (0..<columnCount).map { ("c\($0)", "text") })
    var expected = naive(text) ?? []
    // A line without any character is no row where there are several columns; here it is one.
    if columnCount > 1 { expected.removeAll { $0.count != columnCount } }
    for block in [1, 16, 37, 1 << 20] {
      let loaded = try LoadHarness(options: options).load(text: text, block: block)
      #expect(loaded.rows == expected, "blocks of \(block) bytes of \(text.debugDescription)")
    }
  }

  @Test(arguments: UInt64(0)..<60)
  func `random bytes load or fail alike whatever the blocks`(seed: UInt64) throws {
    var generator = Generator(state: seed &* 77)
    var text = "a,b\n"
    for _ in 0..<Int.random(in: 1...60, using: &generator) {
      text += Self.pieces.randomElement(using: &generator) ?? ""
    }
    for name in ["f.csv", "f.ndjson"] {
      var outcomes: [String] = []
      for (block, threads) in [(1 << 20, 1), (1, 2), (16, 3)] {
        var options = LoadOptions()
        options.threads = threads
        options.maximumErrors = 3
        do {
          let loaded = try LoadHarness(options: options).load(text: text, name: name, block: block)
          outcomes.append("\(loaded.rows) \(loaded.report.rejected) \(loaded.report.columns)")
        } catch {
          var error = error
          error.file = nil
          outcomes.append("\(error)")
        }
      }
      #expect(Set(outcomes).count == 1, "\(text.debugDescription) \(outcomes)")
    }
  }

  @Test func `any JSON line cut or changed anywhere fails or loads, and never traps`() {
    let line = Array(
      "{\"a\":\"x\\u00e9\",\"b\":[1,{\"c\":null}],\"d\":-1.5e3,\"e\":true}\n".utf8)
    var options = LoadOptions()
    options.maximumErrors = 5
    for position in line.indices {
      for byte in [UInt8(ascii: "\""), UInt8(ascii: "}"), 0xC3] {
        var changed = line
        changed[position] = byte
        _ = try? LoadHarness(options: options).load(bytes: line + changed, name: "f.ndjson")
        _ = try? LoadHarness(options: options).load(
          bytes: Array(changed[...position]), name: "f.ndjson")
      }
    }
  }
}
