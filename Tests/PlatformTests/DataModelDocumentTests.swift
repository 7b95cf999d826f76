import Foundation
import Platform
import Testing

/// `UPDATE_GOLDEN=1` writes the page anew.
@Test func `the page of the data model is as the schema`() throws {
  let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Documentation/data-model.md")
  if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
    try DataModelDocument.text.write(to: file, atomically: true, encoding: .utf8)
    return
  }
  let written = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
  for (line, wanted) in zip(written, DataModelDocument.text.split(separator: "\n")) {
    #expect(line == wanted)
  }
  #expect(written.count == DataModelDocument.text.split(separator: "\n").count)
}
