public import ColumnStore
internal import Glibc

/// Loads files into a table of a store, as one transaction.
public struct Loader {
  private let store: Store
  private let options: LoadOptions

  public init(store: Store, options: LoadOptions = LoadOptions()) {
    self.store = store
    self.options = options
  }

  /// Makes the table if there is none of this name. Either all rows of all files become visible at
  /// once, without those that the options let be set aside, or an error is thrown and nothing is
  /// changed. In a table with a primary key, a row takes the place of the one that has its key: the
  /// last one wins, also within the files.
  ///
  /// With `replacing`, the rows take the place of those that the table has. A table with a primary
  /// key is emptied for that, since a key is what somebody said of it and files do not know it; any
  /// other is made anew.
  public func load(
    _ sources: [InputSource], into table: String, replacing: Bool = false
  ) throws(LoadError) -> LoadReport {
    let store = store
    let known = store.catalog().tables[table]?.schema
    let isMadeAnew = replacing && known?.primaryKey.isEmpty == true
    let target = LoadTarget(
      existing: isMadeAnew ? nil : known,
      run: { schema, isNew, fill in
        let start: TableStart =
          if isMadeAnew { .replaced(schema) } else if isNew { .new(schema) } else if replacing {
            .emptied
          } else { .asItIs }
        try store.append(to: table, from: start, sealsTails: true, onConflict: .replace) {
          appender in
          try appender.require(schema)
          try fill { batch in try appender.append(batch) }
        }
      })
    return try load(sources, into: table, target)
  }
}

/// What a load needs of a store.
package struct LoadTarget {
  /// The schema of the table, if there is one already.
  package var existing: TableSchema?
  /// Opens a transaction on the table (a new one when `isNew`) and lets `fill` put rows into it. When
  /// `fill` throws, nothing of it remains and the error is passed on.
  package var run:
    (_ schema: TableSchema, _ isNew: Bool, _ fill: (@escaping RowSink) throws -> Void) throws ->
      Void

  package init(
    existing: TableSchema?,
    run:
      @escaping (
        _ schema: TableSchema, _ isNew: Bool, _ fill: (@escaping RowSink) throws -> Void
      ) throws -> Void
  ) {
    self.existing = existing
    self.run = run
  }
}

extension Loader {
  package func load(
    _ sources: [InputSource], into table: String, _ target: LoadTarget
  ) throws(LoadError) -> LoadReport {
    let start = ContinuousClock.now
    guard !sources.isEmpty else { throw LoadError(.invalidOption, "no file was named") }
    guard options.maximumErrors >= 0 else {
      throw LoadError(.invalidOption, "the number of errors allowed is below 0")
    }
    var samples: [(InputFile, FileSample)] = []
    for source in sources {
      let input = try InputFile(source, compression: options.compression)
      samples.append((input, try FileSample.take(input, options: options)))
    }
    var plan =
      if let schema = target.existing {
        try LoadPlan(existing: schema, samples, options: options)
      } else {
        try LoadPlan(newTable: samples, options: options)
      }
    var attempt = 1
    while true {
      for column in plan.columns {
        guard let value = column.constant else { continue }
        guard let problem = ConstantColumn(value, column).problem else { continue }
        throw LoadError(
          .invalidOption, "the constant '\(column.definition.name)' is '\(value)': \(problem)")
      }
      if !plan.columns.contains(where: { $0.isInferred && $0.format != .text }) {
        for file in plan.files { file.input.dropReplay() }
      }
      let outcome = try runPass(plan, table, target, attempt)
      if outcome.needsWidening && plan.widen(outcome.widenings) {
        attempt += 1
        continue
      }
      return report(plan, outcome, target, elapsed: ContinuousClock.now - start)
    }
  }

  /// Thrown to undo a transaction whose types were too narrow.
  private struct NeedsWidening: Error {}

  private func runPass(
    _ plan: LoadPlan, _ table: String, _ target: LoadTarget, _ attempt: Int
  ) throws(LoadError) -> LoadPass.Outcome {
    var outcome = LoadPass.Outcome()
    let threadCount = max(options.threads ?? sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
    do {
      let schema = target.existing ?? plan.schema(table: table, options)
      try target.run(schema, target.existing == nil) { sink in
        outcome =
          LoadPass(plan, options, attempt: attempt, threadCount: min(threadCount, 256), sink: sink)
          .run()
        if let error = outcome.error {
          try? keepRejects(outcome)
          throw error
        }
        if outcome.needsWidening { throw NeedsWidening() }
        if options.mustStop?() == true { throw LoadError.stopped }
        // Before the rows become visible: a load that cannot keep its rejects is no load.
        try keepRejects(outcome)
      }
    } catch is NeedsWidening {
    } catch let error as LoadError {
      throw error
    } catch StoreError.notKept(let refusal) {
      throw LoadError(.notKept(refusal.reason), refusal.message, hint: refusal.hint)
    } catch {
      throw LoadError(.storeRefused, "the table '\(table)' cannot be filled: \(error)")
    }
    return outcome
  }

  private func keepRejects(_ outcome: LoadPass.Outcome) throws(LoadError) {
    guard let path = options.rejectsPath else { return }
    try writeRejects(outcome.rejected, to: path)
  }

  private func report(
    _ plan: LoadPlan, _ outcome: LoadPass.Outcome, _ target: LoadTarget, elapsed: Duration
  ) -> LoadReport {
    var report = LoadReport()
    report.rows = outcome.rows
    report.rejected = outcome.rejected.count
    report.bytes = outcome.bytes
    report.columns = plan.columns.enumerated().map { index, column in
      LoadReport.Column(
        name: column.definition.name, type: column.definition.type,
        nulls: outcome.nullCounts[index])
    }
    let isSplit = target.existing != nil || options.partition == .automatic
    report.timeColumn = isSplit ? plan.timeColumn.map { plan.columns[$0].definition.name } : nil
    report.elapsed = elapsed
    report.files = plan.files.map(\.input.name)
    report.notes = plan.notes
    if outcome.rows == 0, target.existing == nil,
      plan.columns.contains(where: { $0.isInferred && $0.kinds.isEmpty })
    {
      report.notes.append(
        "without rows nothing tells the types: columns that were given none are text")
    }
    return report
  }
}
