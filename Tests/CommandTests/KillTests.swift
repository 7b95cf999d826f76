import ColumnStore
import EngineTesting
import Foundation
import Glibc
import Persistence
import Testing

/// A process that is killed at any moment of writing, of checkpoints and of recovery loses nothing
/// that it acknowledged.
@Suite struct `A writer that is killed` {
  /// `make crash-test` asks for more of them.
  private static let roundCount =
    ProcessInfo.processInfo.environment["DAYBOOK_KILLS"].flatMap { Int($0) } ?? 50
  private static let longestMilliseconds = roundCount > 50 ? 500 : 120
  private static let roundsPerFolder = 25

  @Test func `has all batches that it acknowledged, once, and of others all or nothing`() throws {
    var generator = SplitMix64(seed: 2_026)
    var folder = try TemporaryFolder()
    var acknowledged: Set<Int> = []
    var total = 0
    for round in 0..<Self.roundCount {
      if round % Self.roundsPerFolder == 0 {
        folder = try TemporaryFolder()
        acknowledged = []
      }
      let time = 5 + generator.below(Self.longestMilliseconds - 5)
      let lines = try killed(after: time, folder: folder, first: round * 1_000_000)
      for line in lines {
        acknowledged.insert(try #require(Int(line), "round \(round): \(line)"))
      }
      total += lines.count
      try check(folder, acknowledged, "round \(round), killed after \(time) ms")
    }
    #expect(total > Self.roundCount, "it hardly ever came to write")
  }

  /// The complete lines of a writer that had so much time.
  private func killed(after milliseconds: Int, folder: TemporaryFolder, first: Int) throws
    -> [String]
  {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, folder.path + "/acknowledged",
      O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    let binary = try Command.binary("KilledWriter")
    let arguments: [String] = [binary, folder.path + "/data", String(first)]
    var words = arguments.map { strdup($0) } + [nil]
    var variables = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, binary, &actions, nil, &words, &variables)
    try #require(code == 0, "\(binary) does not start")
    usleep(UInt32(milliseconds) * 1_000)
    Glibc.kill(process, SIGKILL)
    var state: Int32 = 0
    while waitpid(process, &state, 0) < 0, errno == EINTR {}
    let said = try folder.read("acknowledged")
    #expect(state & 0x7f == SIGKILL, "it ended by itself: \(said)")
    return said.split(separator: "\n").map { String($0) }
  }

  private func check(
    _ folder: TemporaryFolder, _ acknowledged: Set<Int>, _ place: String
  ) throws {
    let database = try Database(folder.path + "/data")
    var parts: [Int: Set<Int>] = [:]
    let table = database.store.catalog().tables["batches"]
    for segment in table?.partitions.flatMap(\.segments) ?? [] {
      let batches = try segment.chunks[0].values()
      for (batch, part) in zip(batches, try segment.chunks[1].values()) {
        guard case .integer(let batch) = batch, case .integer(let part) = part else {
          Issue.record("\(place): a row that nobody wrote")
          continue
        }
        let isNew = parts[Int(batch), default: []].insert(Int(part)).inserted
        if !isNew { Issue.record("\(place): batch \(batch) is there twice") }
      }
    }
    for (batch, parts) in parts where parts.count != (batch % 97 == 0 ? 6_000 : 1 + batch % 7) {
      Issue.record("\(place): \(parts.count) rows of batch \(batch)")
    }
    let lost = acknowledged.subtracting(parts.keys)
    #expect(lost.isEmpty, "\(place): \(lost.count) batches are lost")
  }
}
