internal import AccessControl
internal import ColumnStore
internal import Pricing
internal import Synchronization

extension Intake {
  /// Events, token usages and requests: each id of an organisation once.
  func storeEvents(
    _ batch: DecodedBatch, from emitter: Emitter, at now: Int64, in transaction: StoreTransaction
  ) throws -> Work {
    let (results, keys, rows) = index.withLock { index in
      index.advance(to: now)
      return classify(batch, in: index)
    }
    if !rows.isEmpty {
      let table = try transaction.table(IntakeTable.events.rawValue)
      // Those that are in force where this change stands in the order of changes.
      let costs = EventCosts(batch, try prices.book(in: transaction.catalog), at: now)
      let columns = eventColumns(of: batch, from: emitter, at: now, costs)
      let all = columns.rows(of: try schema(of: .events, transaction))
      try table.append(rows.count == batch.rowCount ? all : all.keeping(rows))
    }
    var work = Work(results: results) { [self] in
      index.withLock { index in
        for (row, key) in zip(rows, keys) {
          index.insert(key, content: batch.contentHashes[Int(row)], at: now)
        }
      }
    }
    work.activity = .rows(rows)
    return work
  }

  /// Which rows are new, with their keys.
  private func classify(
    _ batch: DecodedBatch, in index: IdempotencyIndex
  ) -> (results: [BatchResults.Result], keys: [RecordKey], rows: [UInt32]) {
    var results: [BatchResults.Result] = []
    var keys: [RecordKey] = []
    var rows: [UInt32] = []
    results.reserveCapacity(batch.rowCount)
    keys.reserveCapacity(batch.rowCount)
    rows.reserveCapacity(batch.rowCount)
    let prefixes = batch.organizations.map { Array($0.text.utf8) + [0] }
    let ids = batch["client_event_id"]
    guard case .text(let column) = ids else {
      return (batch.problems.map { .failed($0 ?? RecordProblem(.missingField)) }, [], [])
    }
    var own: [RecordKey: UInt64] = [:]
    own.reserveCapacity(batch.rowCount)
    var bytes: [UInt8] = []
    for row in 0..<batch.rowCount {
      if let problem = batch.problems[row] {
        results.append(.failed(problem))
        continue
      }
      bytes.removeAll(keepingCapacity: true)
      bytes.append(contentsOf: prefixes[Int(batch.rowOrganizations[row])])
      _ = column.withBytes(row) { bytes.append(contentsOf: $0) }
      let key = RecordKey(bytes, seed: seed)
      let content = batch.contentHashes[row]
      if let known = own[key] {
        results.append(known == content ? .duplicate : .failed(RecordProblem(.idConflict)))
        continue
      }
      switch index.find(key, content: content) {
      case .duplicate: results.append(.duplicate)
      case .conflict: results.append(.failed(RecordProblem(.idConflict)))
      case .new:
        own[key] = content
        results.append(.accepted)
        keys.append(key)
        rows.append(UInt32(row))
      }
    }
    return (results, keys, rows)
  }

  private func eventColumns(
    of batch: DecodedBatch, from emitter: Emitter, at now: Int64, _ costs: EventCosts
  ) -> NamedColumns {
    var columns = NamedColumns(batch)
    columns.complete("ts", with: now)
    columns.set("received_at", .integers(Array(repeating: now, count: batch.rowCount)))
    columns.set(
      "content_hash", .integers(batch.contentHashes.map { Int64(bitPattern: $0) }))
    columns.set("emitter_key_id", text: emitter.id)
    switch batch.schema.kind {
    case .tokenUsage:
      columns.set("event_type", text: "token_usage")
      columns.set("category", text: rules.eventTypes.categories["token_usage"] ?? "inference")
    case .request:
      columns.set("event_type", text: "api_call")
      columns.set("category", text: rules.eventTypes.categories["api_call"] ?? "api")
      columns["country"] = countries(of: batch)
    default: columns["category"] = categories(of: batch)
    }
    columns["tokens_conflict"] = conflicts(of: batch)
    columns["cost_usd"] = costs.costs
    columns["cost_source"] = costs.sources
    return columns
  }

  private func categories(of batch: DecodedBatch) -> ColumnValues {
    let given = batch["category"]
    guard case .text(let types) = batch["event_type"] else { return given.columnValues }
    var column = TextColumn(rowCount: batch.rowCount)
    var codes: [UInt32: UInt32] = [:]
    for row in 0..<batch.rowCount {
      if let category = given.text(row) {
        column.set(row, code: column.append(category))
        continue
      }
      guard let type = types.code(row) else { continue }
      if let code = codes[type] {
        column.set(row, code: code)
      } else if let category = types.string(row).flatMap({ rules.eventTypes.categories[$0] }) {
        let code = column.append(category)
        codes[type] = code
        column.set(row, code: code)
      }
    }
    return column.values
  }

  /// True and false only where it can be told.
  private func conflicts(of batch: DecodedBatch) -> ColumnValues {
    let (prompt, completion, total) = (
      batch["prompt_tokens"], batch["completion_tokens"], batch["total_tokens"]
    )
    if case .absent = total { return ColumnValues(storage: .nulls) }
    var values = [UInt8](repeating: 0, count: batch.rowCount)
    var validity = values
    for row in 0..<batch.rowCount {
      guard let total = total.integer(row), let prompt = prompt.integer(row),
        let completion = completion.integer(row)
      else { continue }
      values[row] = prompt + completion == total ? 0 : 1
      validity[row] = 1
    }
    return FieldValues.booleans(values, validity: validity).columnValues
  }

  /// What the emitter says, else what the database says of the address: `unknown` where that is nothing.
  func countries(of batch: DecodedBatch) -> ColumnValues {
    let given = batch["country"]
    guard case .text(let addresses) = batch["ip_address"] else { return given.columnValues }
    var column = TextColumn(rowCount: batch.rowCount)
    var known: [String: UInt32] = [:]
    for row in 0..<batch.rowCount {
      if let country = given.text(row) {
        column.set(row, code: column.append(country))
        continue
      }
      guard let address = addresses.string(row) else { continue }
      let code = known[address] ?? column.append(country(of: address))
      known[address] = code
      column.set(row, code: code)
    }
    return column.values
  }

  func country(of address: String) -> String {
    NetworkAddress(address).flatMap { rules.countries?.country(of: $0) } ?? "unknown"
  }
}
