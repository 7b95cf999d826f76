import Alerting
import Foundation
import Testing

/// `UPDATE_GOLDEN=1` writes the table anew.
@Test func `the table of alerts is as the rules`() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Documentation/insights.md")
  let text = try String(contentsOf: file, encoding: .utf8)
  let parts = text.components(separatedBy: "<!-- rules of alerts -->\n")
  #expect(parts.count == 3, "the table stands between two marks")
  guard parts.count == 3 else { return }
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    let new = [parts[0], AlertDocument.table, parts[2]]
    try new.joined(separator: "<!-- rules of alerts -->\n")
      .write(to: file, atomically: true, encoding: .utf8)
    return
  }
  #expect(parts[1] == AlertDocument.table)
}
