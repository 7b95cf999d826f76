import AccessControl
import ColumnStore
import DiskTesting
import EngineTesting
import Glibc
import Intake
import Testing

@Suite struct `The ledger` {
  @Test func `has the sums of its rows, by emitter and organisation`() throws {
    let harness = try IntakeHarness()
    let any = try IntakeHarness.emitter(nil, id: "key-2")
    try harness.accept("[{\"id\":\"1\",\"type\":\"chat\"},{\"id\":\"1\",\"type\":\"chat\"},{}]")
    try harness.accept(
      """
      [{"id":"1","type":"chat","org_id":"acme"},{"id":"2","type":"chat","org_id":"other"},
       {"id":"3","type":"chat"}]
      """, from: any)
    func expect(_ harness: IntakeHarness) throws {
      let totals = harness.intake.ledgerTotals
      func numbers(_ emitter: String, _ organization: String?) throws -> [Int] {
        let account = LedgerAccount(
          emitter: emitter, organization: try organization.map(IntakeHarness.organization))
        let found = try #require(totals[account])
        return [found.received, found.accepted, found.duplicates, found.failed, found.pending]
      }
      #expect(totals.count == 4)
      #expect(try numbers("key-1", "acme") == [3, 1, 1, 1, 0])
      #expect(try numbers("key-2", "acme") == [1, 0, 1, 0, 0])
      #expect(try numbers("key-2", "other") == [1, 1, 0, 0, 0])
      #expect(try numbers("key-2", nil) == [1, 0, 0, 1, 0])
    }
    try expect(harness)
    try expect(try harness.restarted())
  }

  @Test func `names the batches that never came`() throws {
    let harness = try IntakeHarness()
    for (stream, sequence) in [
      ("a", 0), ("a", 1), ("a", 4), ("b", 7), ("a", 9), ("a", 3), ("a", 4),
    ] {
      try harness.accept(
        """
        {"sequence":\(sequence),"stream":"\(stream)",
         "events":[{"id":"\(stream)\(sequence)","type":"chat"}]}
        """)
    }
    let expected = [
      SequenceGap(stream: "a", missing: 2...2), SequenceGap(stream: "a", missing: 5...8),
    ]
    #expect(harness.intake.sequenceGaps(of: "key-1") == expected)
    #expect(try harness.restarted().intake.sequenceGaps(of: "key-1") == expected)
    #expect(harness.intake.sequenceGaps(of: "nobody").isEmpty)
  }

  @Test func `knows that a batch came which had no records, or none that counted`() throws {
    let harness = try IntakeHarness()
    try harness.accept(#"{"sequence":0,"events":[{"id":"a","type":"chat"}]}"#)
    try harness.accept(#"{"sequence":1,"events":[]}"#)
    try harness.accept(#"{"sequence":2,"events":[{"session_id":"unknown"}]}"#, .heartbeat)
    try harness.accept(#"{"sequence":3,"events":[{"id":"b","type":"chat"}]}"#)
    for harness in [harness, try harness.restarted()] {
      #expect(harness.intake.sequenceGaps(of: "key-1").isEmpty)
      #expect(harness.totals.received == 2)
      try harness.expectBalanced()
    }
  }

  @Test(arguments: UInt64(0)..<8)
  func `knows numbers in any order as runs`(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var runs = SequenceRuns()
    var numbers: Set<Int64> = []
    for _ in 0..<300 {
      let number = Int64(random.below(200))
      runs.insert(number)
      numbers.insert(number)
    }
    #expect(runs.runs.flatMap { Array($0) } == numbers.sorted())
    #expect(runs.gaps.allSatisfy { gap in gap.allSatisfy { !numbers.contains($0) } })
    var many = SequenceRuns()
    for number in 0..<(2 * SequenceRuns.limit) { many.insert(Int64(number * 2)) }
    #expect(many.runs.count == SequenceRuns.limit)
  }

  @Test func `writes the answers of batches as runs`() {
    let results: [BatchResults.Result] =
      Array(repeating: .accepted, count: 3) + [.duplicate, .ignored]
      + [.failed(RecordProblem(.missingField, "user_id")), .failed(RecordProblem(.idConflict))]
    let text = BatchResults(results).text
    #expect(text == "a3 d1 i1 f1:missing_field:user_id f1:id_conflict:")
    #expect(BatchResults(text, limit: 10)?.results == results)
    for wrong in ["x1", "a", "a0", "a-1", "a11", "f1", "f1:nothing:", "a99999999999999999999"] {
      #expect(BatchResults(wrong, limit: 10) == nil, "\(wrong)")
    }
  }

  @Test func `counts nothing of a batch that was not stored`() throws {
    let harness = try IntakeHarness()
    try harness.accept("{\"id\":\"1\",\"type\":\"chat\"}")
    harness.disk.fail(.init(call: 1, lasts: true, kind: .error(EIO)))
    let refusal = try #require(throws: IntakeRefusal.self) {
      try harness.accept("{\"id\":\"2\",\"type\":\"chat\"}")
    }
    #expect(refusal.code == .notStored)
    #expect(harness.totals.received == 1)
    try harness.expectBalanced()
    harness.disk.fail(nil)
    let again = try harness.restarted()
    #expect(try again.accept("{\"id\":\"2\",\"type\":\"chat\"}").accepted == ["2"])
  }
}

@Suite struct `A dead letter` {
  @Test func `of the future is taken when its time has come, and once`() throws {
    let harness = try IntakeHarness()
    let time = harness.now.milliseconds + 3_600_000
    let event =
      "{\"id\":\"1\",\"type\":\"upload\",\"ts\":\(time),\"user_id\":\"u\",\"file_name\":\"a.pdf\",\"prompt_tokens\":3}"
    #expect(try harness.accept(event).failed.map(\.problem.code) == [.timeInFuture])
    let letter = try #require(try harness.intake.deadLetters().first)
    #expect(
      try harness.intake.replay([letter.id, "none"], at: harness.now)
        == [letter.id: .refused(RecordProblem(.timeInFuture, "ts")), "none": .unknown])
    #expect(harness.totals.failed == 1)
    harness.now = UnixTime(milliseconds: time)
    let again = try harness.restarted()
    #expect(try again.intake.replay([letter.id], at: again.now) == [letter.id: .stored])
    #expect(try again.intake.replay([letter.id], at: again.now) == [letter.id: .skipped])
    #expect(again.totals.accepted == 1 && again.totals.failed == 0 && again.totals.received == 1)
    #expect(try again.intake.deadLetters().isEmpty)
    #expect(try again.intake.deadLetters(state: .replayed).map(\.attempts) == [2])
    // The emitter that sends it once more is told that it is there: what is stored is the same.
    #expect(try again.accept(event).duplicates == ["1"])
    try again.expectBalanced()
    try again.restarted().expectBalanced()
  }

  @Test func `that came by itself in the meantime is a duplicate`() throws {
    let harness = try IntakeHarness()
    let time = harness.now.milliseconds + 3_600_000
    let event = "{\"id\":\"1\",\"type\":\"chat\",\"ts\":\(time)}"
    try harness.accept(event)
    try harness.accept(event)
    harness.now = UnixTime(milliseconds: time)
    try harness.accept(event)
    let letters = try harness.intake.deadLetters().map(\.id)
    #expect(letters.count == 2)
    let outcomes = try harness.intake.replay(letters, at: harness.now)
    #expect(outcomes.values.allSatisfy { $0 == .duplicate })
    #expect(try harness.rows(.events).count == 1)
    #expect(harness.totals.duplicates == 2 && harness.totals.failed == 0)
    try harness.expectBalanced()
  }
}
