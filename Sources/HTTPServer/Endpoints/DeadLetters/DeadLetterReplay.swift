package import AccessControl
internal import Authentication
internal import ColumnStore
package import Engine
package import Intake
package import Platform
package import QueryLanguage

/// Dead letters that are to be taken again: which, and what became of them.
package struct DeadLetterReplay: Sendable {
  package enum Selection: Sendable, Equatable {
    case ids([String])
    /// Those that wait, the oldest first, up to the query's limit and after the cursor.
    case matching(DeadLetterQuery, after: DeadLetterCursor?)
  }

  package enum Failure: Error {
    case query(QueryError)
    case notRecorded(AuditLogError)
    case notStored(IntakeRefusal)
  }

  package struct Outcome: Sendable {
    /// In the order asked for, or in that in which the letters came.
    package var letters: [(id: String, outcome: Intake.ReplayOutcome)] = []
    /// Where a part ended that has not all.
    package var next: DeadLetterCursor?
    var limits = IntakeLimits()
  }

  package var selection: Selection

  package init(_ selection: Selection) { self.selection = selection }

  /// Looks the letters up with what the session may see, writes the attempt down, and takes them.
  package func run(
    _ start: Session, engine: Engine, intake: Intake, audit: AuditLog, by actor: AuditActor,
    at now: UnixTime, requestID: String? = nil
  ) throws(Failure) -> Outcome {
    let (found, next) = try letters(start, engine)
    var outcome = Outcome()
    outcome.next = next
    outcome.limits = intake.rules.limits
    var outcomes: [String: Intake.ReplayOutcome] = [:]
    if !found.isEmpty {
      do throws(AuditLogError) {
        try audit.append(entries(of: found, by: actor, at: now, requestID: requestID))
      } catch {
        throw .notRecorded(error)
      }
      do throws(IntakeRefusal) {
        outcomes = try intake.replay(found.map(\.id), at: now)
      } catch {
        throw .notStored(error)
      }
    }
    let ids: [String]
    switch selection {
    case .ids(let names):
      var seen: Set<ExactText> = []
      ids = names.filter { seen.insert(ExactText($0)).inserted }
    case .matching: ids = found.map(\.id)
    }
    outcome.letters = ids.map { ($0, outcomes[$0] ?? .unknown) }
    return outcome
  }

  private typealias Found = (id: String, organization: OrganizationID?)

  private func letters(
    _ start: Session, _ engine: Engine
  ) throws(Failure) -> ([Found], next: DeadLetterCursor?) {
    let statement: SQLStatement
    var limit = Int.max
    switch selection {
    case .ids(let names): statement = DeadLetterQuery.named(names)
    case .matching(let query, let cursor):
      let codes = ProblemCode.allCases.filter(\.isReplayable).map(\.rawValue)
      statement = query.replayable(codes, after: cursor)
      limit = query.limit
    }
    var session = start
    let rows: [[Value]]
    do throws(QueryError) {
      rows = try engine.execute(statement.sql, parameters: statement.parameters, in: &session).rows
    } catch {
      throw .query(error)
    }
    var found: [Found] = []
    var next: DeadLetterCursor?
    for row in rows {
      guard row.count == 3, case .text(let id) = row[0], case .timestamp(let received) = row[2]
      else { continue }
      if found.count == limit { return (found, next) }
      var organization: OrganizationID?
      if case .text(let text) = row[1] { organization = OrganizationID(text) }
      found.append((id, organization))
      next = DeadLetterCursor(received: UnixTime(milliseconds: received), id: id)
    }
    return (found, nil)
  }

  /// One for each organisation.
  private func entries(
    of letters: [Found], by actor: AuditActor, at now: UnixTime, requestID: String?
  ) -> [AuditEntry] {
    var reason: String?
    var kind: String?
    if case .matching(let query, _) = selection {
      (reason, kind) = (query.reason, query.recordKind)
    }
    let counts = letters.reduce(into: [OrganizationID?: Int]()) {
      $0[$1.organization, default: 0] += 1
    }
    return counts.sorted { ($0.key?.text ?? "") < ($1.key?.text ?? "") }.map {
      organization, count in
      AdministrativeAct.deadLettersReplayed(count: count, reason: reason, recordKind: kind)
        .entry(by: actor, of: organization, at: now, requestID: requestID)
    }
  }
}

// MARK: - Over HTTP

extension DeadLetterReplay {
  static let schema: Schema = .object([
    .init(
      "ids", .array(.text(1...128), 1...DeadLetterQuery.largestReplayCount), isRequired: false,
      "these letters"),
    .init(
      "matching",
      .object([
        .init("reason", .choice(ProblemCode.allCases.map(\.rawValue)), isRequired: false),
        .init("record_kind", .choice(IntakeKind.allCases.map(\.rawValue)), isRequired: false),
        .init("emitter_key_id", .text(1...128), isRequired: false),
      ]), isRequired: false, "all letters that wait and are so"),
    .init(
      "limit", .integer(1...DeadLetterQuery.largestReplayCount), isRequired: false,
      "of those that match, 100 if left out"),
    .init("after", .text(1...200), isRequired: false, "`next` of the part before"),
  ])

  init(_ request: ServiceRequest) throws(Problem) {
    let members = request.json?.members ?? [:]
    let ids = members["ids"]?.elements?.compactMap(\.text)
    guard let matching = members["matching"]?.members else {
      guard let ids else {
        throw .invalid("ids", "missing", "name letters, or say by `matching` which")
      }
      for name in ["limit", "after"] where members[name] != nil {
        throw .invalid(name, "conflict", "goes with `matching`")
      }
      self.init(.ids(ids))
      return
    }
    guard ids == nil else {
      throw .invalid("ids", "conflict", "is given beside `matching`: give one of them")
    }
    var query = DeadLetterQuery()
    query.reason = matching["reason"]?.text
    query.recordKind = matching["record_kind"]?.text
    query.emitter = matching["emitter_key_id"]?.text
    query.limit = members["limit"]?.integer.flatMap { Int(exactly: $0) } ?? 100
    var cursor: DeadLetterCursor?
    if let text = members["after"]?.text {
      cursor = DeadLetterCursor(text)
      if cursor == nil { throw .invalid("after", "type", "must be `next` of the part before") }
    }
    self.init(.matching(query, after: cursor))
  }

  static let answerSchema: Schema = .object([
    .init("stored", .count), .init("duplicates", .count), .init("refused", .count),
    .init("others", .count, "Replayed before, not replayable, unknown, not tried."),
    .init(
      "outcomes",
      .array(
        .object([
          .init("id", .string),
          .init(
            "outcome",
            .choice(["stored", "duplicate", "refused", "skipped", "unknown", "not_stored"])),
          .init("code", .string, isRequired: false),
          .init("field", .string, isRequired: false),
        ]), nil)),
    .init("next", .nullable(.string), "Where more of those that match begin."),
  ])
}

extension DeadLetterReplay.Outcome {
  package func count(_ word: String) -> Int { letters.count { $0.outcome.word == word } }

  var json: JSONValue {
    let others = letters.count - count("stored") - count("duplicate") - count("refused")
    return .members([
      "stored": .integer(Int64(count("stored"))),
      "duplicates": .integer(Int64(count("duplicate"))),
      "refused": .integer(Int64(count("refused"))), "others": .integer(Int64(others)),
      "outcomes": .array(
        letters.map { id, outcome in
          .members([
            "id": .text(id), "outcome": .text(outcome.word),
            "code": outcome.problem.map { .text($0.code.rawValue) },
            "field": outcome.problem?.field.map { .text($0) },
          ])
        }),
      "next": next.map { .text($0.text) } ?? .null,
    ])
  }
}

extension Intake.ReplayOutcome {
  /// For programs.
  package var word: String {
    switch self {
    case .stored: "stored"
    case .duplicate: "duplicate"
    case .refused: "refused"
    case .skipped: "skipped"
    case .unknown: "unknown"
    case .notStored: "not_stored"
    }
  }

  package var problem: RecordProblem? {
    if case .refused(let problem) = self { problem } else { nil }
  }
}
