import Foundation
import Testing

/// The sample in `data/`: whoever reads its description gets the same bytes.
@Suite struct SampleTests {
  @Test func `generating the sample anew gives the same bytes`() throws {
    let folder = try TemporaryFolder()
    let command = try Command([
      "generate", "--days", "14", "--users", "20", "--out", folder.path,
    ])
    #expect(command.status == 0)
    var root = URL(fileURLWithPath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    for name in ["events.csv", "users.csv"] {
      let kept = try Data(contentsOf: root.appendingPathComponent("data/\(name)"))
      let made = try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + name))
      #expect(made == kept, "\(name) differs from data/\(name)")
      #expect(kept.count < 300_000)
    }
  }
}
