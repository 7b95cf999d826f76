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

  /// Where a kill fell: the first of these that was under way.
  private enum Moment: String, CaseIterable {
    case start, recovery, snapshot, rotation, removal, sync, write, elsewhere
  }

  /// What a round waits for before it kills.
  private enum Aim: Int {
    // The numbers are those of `Phases` in KilledWriter.
    case anything = 0
    case recovery = 1
    case snapshot = 2
    case rotation = 3
  }

  @Test func `has all batches that it acknowledged, once, and of others all or nothing`() throws {
    var generator = SplitMix64(seed: 2_026)
    var folder = try TemporaryFolder()
    var acknowledged: Set<Int> = []
    var total = 0
    var moments: [Moment: Int] = [:]
    for round in 0..<Self.roundCount {
      if round % Self.roundsPerFolder == 0 {
        folder = try TemporaryFolder()
        acknowledged = []
      }
      // Every other round at any time, the rest when something begins.
      let aim = round % 2 == 0 ? Aim.anything : Aim(rawValue: 1 + round / 2 % 3) ?? .anything
      let microseconds =
        aim == .anything
        ? 5_000 + generator.below(Self.longestMilliseconds * 1_000) : generator.below(2_000)
      let (lines, moment) = try killed(
        after: aim, microseconds, folder: folder, first: round * 1_000_000)
      moments[moment, default: 0] += 1
      for line in lines {
        acknowledged.insert(try #require(Int(line), "round \(round): \(line)"))
      }
      total += lines.count
      try check(folder, acknowledged, "round \(round), killed in \(moment)")
    }
    let distribution = Moment.allCases.map { "\($0) \(moments[$0] ?? 0)" }
    print("\(Self.roundCount) kills, \(total) batches: \(distribution.joined(separator: ", "))")
    #expect(total > Self.roundCount, "it hardly ever came to write")
    for moment in [Moment.recovery, .snapshot, .rotation] {
      #expect(moments[moment] ?? 0 > 0, "no kill fell into \(moment)")
    }
    #expect((moments[.sync] ?? 0) + (moments[.write] ?? 0) > 0, "no kill fell into the journal")
  }

  /// The complete lines of a writer that had so much time, and what it was at.
  private func killed(
    after aim: Aim, _ microseconds: Int, folder: TemporaryFolder, first: Int
  ) throws -> (lines: [String], moment: Moment) {
    let phases = try folder.write("phases", String(repeating: "\0", count: 64))
    let descriptor = open(phases, O_RDONLY)
    defer { close(descriptor) }
    let address = try #require(mmap(nil, 64, PROT_READ, MAP_SHARED, descriptor, 0))
    try #require(address != MAP_FAILED)
    defer { munmap(address, 64) }
    func isAt(_ phase: Int) -> Bool { address.load(fromByteOffset: phase, as: UInt8.self) > 0 }

    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, folder.path + "/acknowledged",
      O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    let binary = try Command.binary("KilledWriter")
    let arguments: [String] = [binary, folder.path + "/data", String(first), phases]
    var words = arguments.map { strdup($0) } + [nil]
    var variables = [strdup("PATH=/usr/bin:/bin"), nil]
    defer { for word in words + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, binary, &actions, nil, &words, &variables)
    try #require(code == 0, "\(binary) does not start")
    if aim != .anything {
      // At most a second, should it never come to it.
      for _ in 0..<20_000 where !isAt(aim.rawValue) { usleep(50) }
    }
    usleep(UInt32(microseconds))
    Glibc.kill(process, SIGKILL)
    var state: Int32 = 0
    while waitpid(process, &state, 0) < 0, errno == EINTR {}
    let said = try folder.read("acknowledged")
    #expect(state & 0x7f == SIGKILL, "it ended by itself: \(said)")
    let under = Moment.allCases.dropFirst().dropLast().enumerated().first { isAt($0.offset + 1) }
    let moment: Moment = isAt(0) ? under?.element ?? .elsewhere : .start
    return (said.split(separator: "\n").map { String($0) }, moment)
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
