import Analytics
import Foundation
import Testing

/// `UPDATE_GOLDEN=1` writes the page anew.
@Test func `the page of the metrics is as the catalogue`() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Documentation/metrics.md")
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try MetricDocument.text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  let written = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  for (line, wanted) in zip(written, MetricDocument.text.split(separator: "\n")) {
    #expect(line == wanted)
  }
  #expect(written.count == MetricDocument.text.split(separator: "\n").count)
}
