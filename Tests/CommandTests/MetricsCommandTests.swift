import Foundation
import Testing

/// `daybook metrics` over the sample.
@Suite struct MetricsCommandTests {
  private static let load: [String] = {
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    return ["events", "users"].flatMap {
      ["--load", root.appendingPathComponent("data/\($0).csv").path]
    }
  }()

  @Test func `metrics are listed and say what they mean`() throws {
    let list = try Command(["metrics", "list"])
    #expect(list.status == 0)
    #expect(list.output.contains("content_success_rate"))
    let shown = try Command(["metrics", "show", "stickiness"])
    #expect(shown.output.contains("DAU divided by MAU"))
    let unknown = try Command(["metrics", "show", "happiness"])
    #expect(unknown.status == 1)
    #expect(unknown.errors.contains("daybook metrics list"))
  }

  @Test func `the SQL that is shown gives the number that is shown`() throws {
    let explained = try Command(
      ["metrics", "explain", "active_users", "--range", "7d", "--timezone", "Asia/Kolkata"]
        + Self.load)
    #expect(explained.status == 0, "\(explained.errors)")
    let lines = explained.output.split(separator: "\n")
    let value = try #require(
      lines.first { $0.hasPrefix("-- ") && $0.contains(", version") }?
        .dropFirst(3).prefix { $0.isNumber })
    let answer = try Command(
      ["query", "--format", "csv"] + Self.load, input: explained.output)
    #expect(answer.status == 0, "\(answer.errors)")
    #expect(answer.output.split(separator: "\n").last.map(String.init) == String(value))
    let wrong = try Command(["metrics", "explain", "dau", "--range", "2w"] + Self.load)
    #expect(wrong.status == 1)
    #expect(wrong.errors.contains("24h, 7d"))
  }
}
