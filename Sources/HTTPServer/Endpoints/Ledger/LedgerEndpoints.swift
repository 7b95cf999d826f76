internal import AccessControl
internal import Intake

/// The books of what emitters sent.
extension Service {
  static let ledgerEndpoints: [Endpoint] = [
    Endpoint(
      .get, "/api/admin/ingest/ledger", "Show what emitters sent and what became of it",
      about: """
        Since the first record, for each emitter and organisation, as of one moment: received = accepted + \
        duplicates + failed + pending. `gaps` are batches that an emitter numbered and that never came; they \
        are shown to those who may see all that the emitter sent. The tables `ingest_ledger` and \
        `ingest_ledger_daily` have the same by batch and by day.
        """, tag: "ingest", access: .scoped(.handleDeadLetters),
      parameters: [
        .query("emitter_key_id", .text(1...128), "Only what came with this key."),
        .query("limit", .integer(1...1000), fallback: "100", "How many accounts at most."),
        .query("offset", .integer(0...1_000_000), fallback: "0", "How many accounts to leave out."),
      ], answers: [EndpointAnswer(200, "The books.", schema: LedgerJSON.schema)]
    ) { request, service in
      .json(
        LedgerJSON(
          service.intake.ledgerBook, within: request.scope.organizations,
          emitter: request.arguments.text("emitter_key_id"),
          limit: request.arguments.integer("limit") ?? 100,
          offset: request.arguments.integer("offset") ?? 0
        ).json)
    }
  ]
}

/// The books as far as somebody may see them.
struct LedgerJSON {
  private static let largestGapCount = 1_000

  private let accounts: [(LedgerAccount, LedgerTotals)]
  private let gaps: [(emitter: String, gap: SequenceGap)]
  private let limit: Int
  private let offset: Int

  init(
    _ book: LedgerBook, within scope: OrganizationScope, emitter: String?, limit: Int, offset: Int
  ) {
    self.limit = limit
    self.offset = offset
    let all = book.totals.filter { emitter == nil || $0.key.emitter == emitter }
    accounts = all.filter { scope.contains($0.key.organization) }.map { ($0.key, $0.value) }
      .sorted { $0.0 < $1.0 }
    // Numbers are those of the emitter's batches, whosever records are in them.
    let foreign = Set(all.keys.filter { !scope.contains($0.organization) }.map(\.emitter))
    let own = Set(accounts.map(\.0.emitter)).subtracting(foreign)
    gaps = own.sorted().flatMap { emitter in
      (book.gaps[emitter] ?? []).map { (emitter, $0) }
    }
  }

  var json: JSONValue {
    let missing = gaps.reduce(0) { $0 &+ Int64($1.gap.missing.count) }
    return .members([
      "accounts": .array(accounts.dropFirst(offset).prefix(limit).map { Self.json($0.0, $0.1) }),
      "total": .integer(Int64(accounts.count)), "limit": .integer(Int64(limit)),
      "offset": .integer(Int64(offset)),
      "gaps": .array(
        gaps.prefix(Self.largestGapCount).map { emitter, gap in
          .members([
            "emitter_key_id": .text(emitter), "stream": .text(gap.stream),
            "first": .integer(gap.missing.lowerBound), "last": .integer(gap.missing.upperBound),
          ])
        }),
      "gap_count": .integer(Int64(gaps.count)), "missing_batches": .integer(missing),
    ])
  }

  private static func json(_ account: LedgerAccount, _ totals: LedgerTotals) -> JSONValue {
    .members([
      "emitter_key_id": .text(account.emitter),
      "organization_id": account.organization.map { .text($0.text) } ?? .null,
      "received": .integer(Int64(totals.received)), "accepted": .integer(Int64(totals.accepted)),
      "duplicates": .integer(Int64(totals.duplicates)), "failed": .integer(Int64(totals.failed)),
      "pending": .integer(Int64(totals.pending)), "scrubbed": .integer(Int64(totals.scrubbed)),
      "last_received_at": totals.lastReceived.map { .text(ISOTime.text($0)) } ?? .null,
    ])
  }

  static let schema = Schema.object([
    .init(
      "accounts",
      .array(
        .named(
          "LedgerAccount",
          .object([
            .init("emitter_key_id", .string),
            .init("organization_id", .nullable(.string), "null: nobody could tell."),
            .init("received", .count), .init("accepted", .count, "On disk."),
            .init("duplicates", .count, "Stored before."),
            .init("failed", .count, "Among the dead letters, and not taken from there."),
            .init("pending", .count, "Being stored this moment."),
            .init("scrubbed", .count, "How often a rule of scrubbing was applied."),
            .init("last_received_at", .nullable(.string)),
          ])), nil)),
    .init("total", .count), .init("limit", .count), .init("offset", .count),
    .init(
      "gaps",
      .array(
        .object([
          .init("emitter_key_id", .string), .init("stream", .string), .init("first", .count),
          .init("last", .count),
        ]), 0...largestGapCount)),
    .init("gap_count", .count), .init("missing_batches", .count),
  ])
}
