import AccessControl
import ColumnStore
import EngineTesting
import Intake
import Testing

@Suite struct `An id that comes again` {
  private let event =
    "{\"id\":\"e-1\",\"type\":\"chat\",\"user_id\":\"u\",\"metadata\":{\"turn\":1,\"page\":2}}"
  /// The same in other words.
  private let same =
    "[{\"metadata\":{\"page\":2,\"turn\":1},\"userId\":\"u\",\"type\":\"Chat\",\"clientEventId\":\"e-1\"}]"
  private let other = "{\"id\":\"e-1\",\"type\":\"chat\",\"user_id\":\"v\"}"

  @Test func `with the same content is a duplicate, also after a restart`() throws {
    let harness = try IntakeHarness()
    #expect(try harness.accept(event).accepted == ["e-1"])
    #expect(try harness.accept(event).duplicates == ["e-1"])
    #expect(try harness.accept(same).duplicates == ["e-1"])
    let again = try harness.restarted()
    #expect(try again.accept(same).duplicates == ["e-1"])
    #expect(try again.rows(.events).count == 1)
    #expect(again.totals.received == 4 && again.totals.duplicates == 3)
    try again.expectBalanced()
  }

  @Test func `with other content is a conflict, and a dead letter`() throws {
    let harness = try IntakeHarness()
    try harness.accept(event)
    let outcome = try harness.accept(other)
    #expect(outcome.failed.map(\.problem) == [RecordProblem(.idConflict)])
    #expect(try harness.restarted().accept(other).failed.map(\.problem.code) == [.idConflict])
    let letter = try #require(try harness.intake.deadLetters(code: .idConflict).first)
    #expect(letter.clientID == "e-1" && letter.payload.contains("\"v\""))
    #expect(try harness.intake.replay([letter.id], at: harness.now) == [letter.id: .skipped])
  }

  @Test func `within one batch is the same`() throws {
    let harness = try IntakeHarness()
    let outcome = try harness.accept("[\(event),\(event),\(other)]")
    #expect(outcome.accepted == ["e-1"] && outcome.duplicates == ["e-1"])
    #expect(outcome.failed.map(\.index) == [2])
    try harness.expectBalanced()
  }

  @Test func `after the window is new`() throws {
    let harness = try IntakeHarness { $0.limits.idHours = 1 }
    try harness.accept(event)
    harness.now = UnixTime(milliseconds: harness.now.milliseconds + 3_500_000)
    #expect(try harness.accept(event).duplicates == ["e-1"])
    let later = try harness.restarted { $0.limits.idHours = 1 }
    #expect(try later.accept(event).duplicates == ["e-1"])
    harness.now = UnixTime(milliseconds: harness.now.milliseconds + 150_000)
    #expect(try harness.accept(event).accepted == ["e-1"])
    #expect(try harness.restarted { $0.limits.idHours = 1 }.accept(event).duplicates == ["e-1"])
  }

  @Test func `of a batch with an Idempotency-Key gives the same answer`() throws {
    let harness = try IntakeHarness()
    let body =
      "[\(event),\(event),{\"id\":\"e-2\",\"type\":\"nothing\"},{\"id\":\"e-3\",\"type\":\"chat\"}]"
    let first = try harness.accept(body, key: "k-1")
    #expect(first.accepted == ["e-1", "e-3"] && first.duplicates == ["e-1"])
    var second = try harness.accept(body, key: "k-1")
    #expect(second.isReplay)
    second.isReplay = false
    #expect(second == first)
    let again = try harness.restarted()
    var third = try again.accept(body, key: "k-1")
    #expect(third.isReplay)
    third.isReplay = false
    #expect(third == first)
    #expect(again.totals.received == 4)
    // Other keys, emitters and bodies are other ones.
    #expect(try again.accept(body, key: "k-2").duplicates == ["e-1", "e-1", "e-3"])
    let refusal = try #require(throws: IntakeRefusal.self) { try again.accept(event, key: "k-1") }
    #expect(refusal.code == .keyReused)
    let other = try IntakeHarness.emitter(id: "key-2")
    #expect(try !again.accept(body, from: other, key: "k-1").isReplay)
    #expect(throws: IntakeRefusal.self) { try again.accept(body, key: " ") }
  }
}

@Suite struct `The index of ids` {
  private func key(_ number: Int) -> RecordKey {
    RecordKey(withUnsafeBytes(of: number.littleEndian) { Array($0) }, seed: 7)
  }

  @Test func `takes no more than 45 bytes an id`() {
    var index = IdempotencyIndex(windowMilliseconds: 3_600_000, countLimit: .max)
    index.advance(to: 0)
    for number in 0..<1_000_000 {
      index.insert(key(number), content: UInt64(number), at: 1_000)
      if number > 20_000, number.isMultiple(of: 9_973) {
        #expect(index.byteCount <= 46 * number, "\(number)")
      }
    }
    #expect(index.count == 1_000_000)
    #expect(index.byteCount <= 45_000_000)
    for number in stride(from: 0, to: 1_000_000, by: 101) {
      #expect(index.find(key(number), content: UInt64(number)) == .duplicate)
      #expect(index.find(key(number), content: UInt64(number + 1)) == .conflict)
      #expect(index.find(key(number + 1_000_000), content: 0) == .new)
    }
  }

  @Test func `forgets by time, and the memory with it`() {
    var index = IdempotencyIndex(windowMilliseconds: 256_000, countLimit: .max)
    for second in 0..<2_000 {
      index.advance(to: Int64(second) * 1_000)
      for number in 0..<50 {
        index.insert(key(second * 50 + number), content: 1, at: Int64(second) * 1_000)
      }
      #expect(index.count <= 257 * 50)
    }
    #expect(index.find(key(1_999 * 50), content: 1) == .duplicate)
    #expect(index.find(key((1_999 - 256) * 50), content: 1) == .duplicate)
    #expect(index.find(key((1_999 - 257) * 50), content: 1) == .new)
    // What is forgotten is dropped when its part grows next.
    #expect(index.byteCount < 256 * 50 * 24 * 5)
  }

  @Test func `forgets the oldest where there are too many`() {
    var index = IdempotencyIndex(windowMilliseconds: 256_000, countLimit: 1_000)
    index.advance(to: 0)
    for number in 0..<5_000 {
      index.insert(key(number), content: 1, at: Int64(number / 100) * 1_000)
    }
    #expect(index.count <= 1_000)
    #expect(index.find(key(4_999), content: 1) == .duplicate)
    #expect(index.find(key(0), content: 1) == .new)
    #expect(index.knownSince == 40_000)
  }

  @Test(arguments: UInt64(0)..<8)
  func `agrees with a dictionary`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var index = IdempotencyIndex(windowMilliseconds: 256_000, countLimit: .max)
    var known: [Int: (content: UInt64, second: Int)] = [:]
    var second = 0
    for _ in 0..<5_000 {
      second += random.below(3)
      index.advance(to: Int64(second) * 1_000)
      let number = random.below(400)
      let content = UInt64(random.below(2))
      let old = known[number].flatMap { second - $0.second <= 256 ? $0 : nil }
      let expected: IdempotencyIndex.Finding =
        old.map { $0.content == content ? .duplicate : .conflict } ?? .new
      #expect(index.find(key(number), content: content) == expected)
      if expected == .new {
        index.insert(key(number), content: content, at: Int64(second) * 1_000)
        known[number] = (content, second)
      }
    }
  }
}
