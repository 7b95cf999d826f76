internal import CSimdJSON
package import ColumnStore
import QueryLanguage

/// Takes a load's rows, in the files' order and by one thread at a time.
package typealias RowSink = @Sendable (RowBatch) throws -> Void

/// One run over all files: a reader cuts blocks, parsers turn them into batches, and each batch is
/// handed on when all before it have been. What comes out does not depend on the threads.
struct LoadPass: Sendable {
  /// What a pass found.
  struct Outcome {
    var rows = 0
    var bytes = 0
    var nullCounts: [Int] = []
    var rejected: [RejectedRow] = []
    /// Not empty: the pass was for nothing, these columns need wider types.
    var widenings: [ObservedKinds] = []
    var needsWidening = false
    var error: LoadError?
  }

  private struct State {
    var outcome: Outcome
    var file = 0
    /// Newlines of the current file before the current block.
    var lineBase = 0
    var rowsSeen = 0
  }

  private let plan: SharedPlan
  private let options: LoadOptions
  private let attempt: Int
  private let totalBytes: Int?
  private let queue: BlockQueue
  private let state: Monitor<State>
  private let sink: RowSink
  private let threadCount: Int

  /// The plan is read by all threads, its files by the reader alone.
  private final class SharedPlan: @unchecked Sendable {
    let plan: LoadPlan
    init(_ plan: LoadPlan) {
      self.plan = plan
    }
  }

  init(
    _ plan: LoadPlan, _ options: LoadOptions, attempt: Int, threadCount: Int,
    sink: @escaping RowSink
  ) {
    self.plan = SharedPlan(plan)
    self.options = options
    self.attempt = attempt
    self.sink = sink
    self.threadCount = threadCount
    let sizes = plan.files.map(\.input.byteCount)
    totalBytes = sizes.contains(nil) ? nil : sizes.reduce(0) { $0 + ($1 ?? 0) }
    queue = BlockQueue(blockCount: threadCount * 2 + 2, blockByteCount: options.blockByteCount)
    var outcome = Outcome()
    outcome.nullCounts = Array(repeating: 0, count: plan.columns.count)
    outcome.widenings = Array(repeating: [], count: plan.columns.count)
    state = Monitor(State(outcome: outcome))
  }

  func run() -> Outcome {
    let pass = self
    let isRun = onThreads(threadCount + 1) { index in
      if index == 0 { pass.read() } else { pass.parse() }
    }
    if !isRun {
      state.change {
        $0.outcome.error = LoadError(.storeRefused, "the system gives no thread to parse on")
      }
    }
    return state.change { $0.outcome }
  }

  private func read() {
    var bytesBefore = 0
    for (index, file) in plan.plan.files.enumerated() {
      do throws(LoadError) {
        var reader = BlockReader(
          try file.input.open(), format: file.sample.format,
          blockByteCount: options.blockByteCount, name: file.input.name)
        while true {
          guard let block = queue.takeFree() else { return }
          block.file = index
          block.error = nil
          do throws(LoadError) {
            guard try reader.next(into: block) else {
              queue.giveBack(block)
              break
            }
          } catch {
            block.error = error
          }
          block.bytesRead = bytesBefore + reader.bytesRead
          let isFailed = block.error != nil
          queue.submit(block)
          if isFailed { return queue.finish() }
        }
        bytesBefore += reader.bytesRead
      } catch {
        guard let block = queue.takeFree() else { return }
        block.file = index
        block.error = error
        queue.submit(block)
        return queue.finish()
      }
    }
    queue.finish()
  }

  private func parse() {
    let parser = BlockParser(plan.plan, options)
    while let block = queue.takeReady() {
      let parsed = block.error == nil ? parser.parse(block) : nil
      guard queue.waitForTurn(block.sequence) else { return }
      if let error = handOn(parsed, block) {
        state.change { $0.outcome.error = error }
        queue.stop()
        return
      }
      queue.endTurn()
      queue.giveBack(block)
    }
  }

  /// In the files' order, one thread at a time. Gives the error that ends the load.
  private func handOn(_ parsed: ParsedBlock?, _ block: Block) -> LoadError? {
    if options.mustStop?() == true { return .stopped }
    guard let parsed else {
      // When the types have to be widened anyway, the next pass comes upon the error again.
      return block.error
    }
    var local = state.change { state in
      if state.file != block.file {
        state.file = block.file
        state.lineBase = 0
      }
      return state
    }
    if parsed.needsWidening || local.outcome.needsWidening {
      // Go on, so that one more pass is enough: it will know what all rows need.
      local.outcome.needsWidening = true
      for index in parsed.widenings.indices {
        local.outcome.widenings[index].formUnion(parsed.widenings[index])
      }
    } else {
      for failure in parsed.failures {
        if local.outcome.rejected.count >= options.maximumErrors {
          let error = error(failure, block, lineBase: local.lineBase, local.outcome.rejected.count)
          state.change { $0 = local }
          return error
        }
        local.outcome.rejected.append(rejected(failure, block, lineBase: local.lineBase))
      }
      if parsed.batch.rowCount > 0 {
        do {
          try sink(parsed.batch)
        } catch let error as LoadError {
          return error
        } catch StoreError.nullValue(let column, let row) {
          return LoadError(
            .storeRefused,
            "row \(local.outcome.rows + row + 1) has no '\(column)', and the table takes none without",
            file: plan.plan.files[block.file].input.name, column: column,
            hint: "give it one, or load into a table without this key")
        } catch {
          return LoadError(.storeRefused, "the table cannot take the rows: \(error)")
        }
      }
      local.outcome.rows += parsed.batch.rowCount
      for index in parsed.nullCounts.indices {
        local.outcome.nullCounts[index] += parsed.nullCounts[index]
      }
    }
    local.outcome.bytes = block.bytesRead
    local.lineBase += parsed.newlineCount
    state.change { $0 = local }
    options.progress?(
      LoadProgress(
        bytesRead: block.bytesRead, totalBytes: totalBytes, rows: local.outcome.rows,
        attempt: attempt))
    return nil
  }
}

// MARK: - Bad rows

extension LoadPass {
  private func line(_ failure: RowFailure, _ block: Block, _ lineBase: Int) -> Int {
    lineBase + 1 + daybook_count_newlines(block.base, failure.row.lowerBound)
  }

  private func columnName(_ failure: RowFailure, _ block: Block) -> String? {
    let file = plan.plan.files[block.file]
    return failure.column.map { plan.plan.columns[file.targets[$0]].definition.name }
  }

  private func error(
    _ failure: RowFailure, _ block: Block, lineBase: Int, _ rejectedCount: Int
  ) -> LoadError {
    let file = plan.plan.files[block.file]
    var error = LoadError(
      .badRow, failure.reason, file: file.input.name, line: line(failure, block, lineBase),
      column: columnName(failure, block), columnNumber: failure.column.map { $0 + 1 },
      value: failure.value.map { excerpt(block, $0) }, hint: failure.hint)
    if let key = failure.unknownKey {
      let name = String(decoding: bytes(block, key), as: UTF8.self)
      let names = file.targets.map { plan.plan.columns[$0].definition.name }
      error.hint = nearestName(to: name, among: names).map { "did you mean '\($0)'?" }
    }
    if options.maximumErrors > 0 {
      error.message +=
        " (after \(rejectedCount) bad row\(rejectedCount == 1 ? " that was" : "s that were") set aside)"
    }
    return error
  }

  private func rejected(_ failure: RowFailure, _ block: Block, lineBase: Int) -> RejectedRow {
    var raw = Array(bytes(block, failure.row))
    if raw.last == UInt8(ascii: "\r") { raw.removeLast() }
    return RejectedRow(
      file: plan.plan.files[block.file].input.name, line: line(failure, block, lineBase),
      column: columnName(failure, block), reason: failure.reason, raw: raw)
  }

  private func bytes(_ block: Block, _ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: block.base + range.lowerBound, count: range.count)
  }

  /// At most 80 characters, and of several lines the first.
  private func excerpt(_ block: Block, _ range: Range<Int>) -> String {
    // 4 bytes at most make a character here; what is cut off is not decoded.
    let head = UnsafeBufferPointer(rebasing: bytes(block, range).prefix(400))
    let line = head.prefix { $0 != UInt8(ascii: "\n") }
    let text = String(decoding: line, as: UTF8.self).filter { $0 != "\r" && $0 != "\0" }
    let isCut = text.count > 80 || range.count > line.count
    return isCut ? String(text.prefix(79)) + "…" : text
  }
}
