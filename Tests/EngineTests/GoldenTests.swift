import EngineTesting
import Foundation
import Testing

/// `Tests/Golden`. `UPDATE_GOLDEN=1` writes the answers that come out into the files.
private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().appendingPathComponent("Golden")

private let scripts: [String] = {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
  return names.filter { $0.hasSuffix(".slt") }.sorted()
}()

@Suite struct `Golden queries` {
  @Test(arguments: scripts)
  func `answer as written`(script: String) throws {
    let file = folder.appendingPathComponent(script)
    let (mismatches, text) = GoldenScript(try String(contentsOf: file, encoding: .utf8)).run()
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
      try text.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    for mismatch in mismatches {
      Issue.record("\(script), \(mismatch)")
    }
  }

  @Test func `are found`() {
    #expect(scripts.count >= 15, "golden queries are read from \(folder.path)")
  }
}
