import Foundation
import Testing

/// Every SQL example of the documentation runs, and answers what is shown below it.
///
/// An example is a block fenced as `sql`; a plain block right after it is its answer. The examples
/// run on the sample in `data/`. What an example needs first stands before it in a comment that
/// readers do not see: `<!-- before: SET timezone = 'Europe/Berlin' -->`. `UPDATE_GOLDEN=1` writes
/// the answers that come out over those that are shown.
@Suite struct DocumentationTests {
  private static let root: URL = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return root
  }()

  @Test(arguments: ["sql.md", "product-analytics.md"])
  func `every example runs and answers as shown`(document: String) throws {
    let file = Self.root.appendingPathComponent("Documentation/\(document)")
    let text = try String(contentsOf: file, encoding: .utf8)
    let examples = SQLExamples(text)
    #expect(examples.examples.count > 5, "no examples in \(document)")
    var answers: [String] = []
    for example in examples.examples {
      let command = try Command(
        ["query"]
          + ["events", "users"].flatMap {
            ["--load", Self.root.appendingPathComponent("data/\($0).csv").path]
          }, input: example.before.map { $0 + ";\n" }.joined() + example.sql)
      #expect(command.status == 0, "\(document):\(example.line): \(command.errors)")
      answers.append(command.output.trimmingCharacters(in: .newlines))
    }
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try examples.text(with: answers).write(to: file, atomically: true, encoding: .utf8)
      return
    }
    for (example, answer) in zip(examples.examples, answers) {
      guard let shown = example.answer else { continue }
      #expect(answer == shown, "\(document):\(example.line)")
    }
  }
}

/// The SQL examples of a Markdown document.
private struct SQLExamples {
  struct Example {
    /// Of the fence, from 1.
    var line: Int
    var before: [String]
    var sql: String
    /// What is shown, without the line break at its end.
    var answer: String?
    /// The lines of the answer.
    var answerLines: Range<Int>
  }

  private let lines: [String]
  private(set) var examples: [Example] = []

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var before: [String] = []
    var index = 0
    while index < lines.count {
      let line = lines[index]
      index += 1
      if line.hasPrefix("<!-- before: "), line.hasSuffix(" -->") {
        before.append(String(line.dropFirst(13).dropLast(4)))
      }
      guard line.hasPrefix("```") else { continue }
      let body = index..<(lines[index...].firstIndex(of: "```") ?? lines.count)
      index = min(body.upperBound + 1, lines.count)
      guard line == "```sql" else { continue }
      var example = Example(
        line: body.lowerBound, before: before, sql: lines[body].joined(separator: "\n"),
        answer: nil, answerLines: index..<index)
      before = []
      if index < lines.count, lines[index] == "```" {
        let start = index + 1
        let end = lines[start...].firstIndex(of: "```") ?? lines.count
        example.answer = lines[start..<end].joined(separator: "\n")
        example.answerLines = start..<end
        index = min(end + 1, lines.count)
      }
      examples.append(example)
    }
  }

  /// The document with these answers in place of those shown.
  func text(with answers: [String]) -> String {
    var text = lines
    for (example, answer) in zip(examples, answers).reversed() {
      let shown = answer.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
      if example.answer != nil { text.replaceSubrange(example.answerLines, with: shown) }
    }
    return text.joined(separator: "\n")
  }
}
