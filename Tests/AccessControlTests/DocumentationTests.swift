import AccessControl
import Foundation
import Testing

struct DocumentationTests {
  @Test func `the page about access shows the table of roles as it is`() throws {
    let page = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../Documentation/access.md").standardizedFileURL
    let text = try String(contentsOf: page, encoding: .utf8)
    let start = try #require(text.range(of: "<!-- roles -->\n"))
    let end = try #require(text.range(of: "<!-- end of roles -->"))
    let table = AccessTable.standard.markdown
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      let new = text.replacingCharacters(in: start.upperBound..<end.lowerBound, with: table)
      try new.write(to: page, atomically: true, encoding: .utf8)
    } else {
      #expect(
        text[start.upperBound..<end.lowerBound] == table,
        "UPDATE_GOLDEN=1 swift test --filter AccessControlTests writes it anew")
    }
  }
}
