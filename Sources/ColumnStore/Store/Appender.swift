internal import Synchronization

/// When a bulk load encodes tails before its end.
package struct BulkLimits: Sendable {
  /// Once all tails take more memory than this, those left behind are encoded.
  package var openByteCount = 96 << 20
  /// Batches after which a tail without new rows counts as left behind.
  package var idleBatchCount = 16
  /// Tails with fewer rows are not worth a segment before the end.
  package var earlyRowCount = Segment.capacity / 4

  package init() {}
}

/// Takes the rows of one transaction.
///
/// Sound to share because all that changes is touched under `lock` only. Rows are split and copied
/// under it; full tails are encoded outside of it, by the thread that filled them.
public final class Appender: @unchecked Sendable {
  private let table: Table
  let dictionaries: [TextDictionary?]
  /// Columns that may turn plain if they have too many distinct values.
  private let automatic: [Bool]
  /// Columns whose domain other tables have too: what is in the dictionary stays there, since
  /// joins go by its codes.
  private let isShared: [Bool]
  /// Set if all tails are to be encoded at the end.
  private let limits: BulkLimits?
  private let lock = Mutex(())
  private var writer: TableWriter
  private var drafts: [Partition.Key: PartitionDraft] = [:]
  private var translation: TextTranslation
  private var rowCount = 0
  private var batchCount = 0
  /// Memory of all tails.
  private var openByteCount = 0
  /// What rows of a keyed table must agree with; `nil`: the table has no key.
  private let keys: KeyedRows?
  private let conflict: KeyConflict
  /// What was added, if somebody wants to know and it is not too much.
  private(set) var recorded: [RowBatch]?
  private var recordBytesLeft: Int
  /// Why the transaction cannot end well any more.
  private var failure: StoreError?

  /// Last segments with fewer rows are opened again rather than leaving many small ones.
  static let reopenedRowCount = Segment.capacity / 2

  init(
    _ table: Table, catalog: Catalog, writer: TableWriter, limits: BulkLimits?,
    keys: KeyedRows? = nil, conflict: KeyConflict = .fail, recordByteLimit: Int? = nil
  ) {
    self.table = table
    self.keys = keys
    self.conflict = conflict
    recorded = recordByteLimit == nil ? nil : []
    recordBytesLeft = recordByteLimit ?? 0
    self.limits = limits
    self.writer = writer
    dictionaries = table.schema.columns.map {
      $0.type.stored == .text ? catalog.dictionaries[$0.domain] : nil
    }
    // A table that is not split by day lists things (users, models) whose ids other tables refer to:
    // a dictionary shared with those is worth its memory until the list is very long.
    let isList =
      table.schema.partitionColumn == nil && table.rowCount < ChunkEncoder.longestSharedList
    automatic = table.schema.columns.map {
      $0.type.stored == .text && $0.textStorage == .automatic && !isList
        && !catalog.declaredDomains.contains($0.domain)
    }
    var shared: Set<String> = []
    for other in catalog.tables.values where other.schema.name != table.schema.name {
      for column in other.schema.columns where column.type.stored == .text {
        shared.insert(column.domain)
      }
    }
    isShared = table.schema.columns.map { shared.contains($0.domain) }
    translation = TextTranslation(columnCount: table.schema.columns.count)
  }

  /// Fails where the table has other columns than those that rows were made for.
  public func require(_ schema: TableSchema) throws(StoreError) {
    if table.schema != schema { throw StoreError.tableChanged(schema.name) }
  }

  /// May be called from several threads. Rows keep the order of the calls.
  public func append(_ batch: RowBatch) throws(StoreError) {
    try append(batch, onConflict: conflict)
  }

  /// Adds rows of which some may have the keys of others; tables without a key have no conflicts.
  /// Returns which rows were added, ascending; `nil`: all.
  @discardableResult
  func append(
    _ batch: RowBatch, onConflict conflict: KeyConflict
  ) throws(StoreError) -> [UInt32]? {
    try batch.validate(against: table.schema)
    guard batch.rowCount > 0 else { return nil }
    var admitted: [UInt32]?
    let split = keys == nil ? PartitionSplit(batch, schema: table.schema) : nil
    var full: [FullTail] = []
    let refusal = lock.withLock { _ -> StoreError? in
      do throws(StoreError) {
        if let failure { throw failure }
        if let split {
          full = try add(batch, split, translate(batch))
        } else if let keys {
          (full, admitted) = try add(batch, keys, conflict)
        }
        return nil
      } catch {
        failure = error
        return error
      }
    }
    for one in full { encode(one) }
    if let refusal { throw refusal }
    return admitted
  }

  /// Under the lock. Rows are let in by their order in the batch, whatever partitions they go to.
  private func add(
    _ batch: RowBatch, _ keys: KeyedRows, _ conflict: KeyConflict
  ) throws(StoreError) -> (full: [FullTail], admitted: [UInt32]?) {
    var batch = batch
    var codes = translate(batch)
    var words = KeyWords(of: batch, schema: table.schema, codes: codes)
    let index = try keys.index()
    let admitted: [UInt32]?
    do throws(KeyConflict.Refusal) {
      admitted = try keys.admit(words, rowCount: batch.rowCount, onConflict: conflict, index)
    } catch {
      throw batch.duplicateKey(row: error.row, schema: table.schema)
    }
    if let admitted {
      guard !admitted.isEmpty else { return ([], admitted) }
      batch = batch.keeping(admitted)
      codes = codes.map { codes in codes.map { codes in admitted.map { codes[Int($0)] } } }
      words = words.keeping(admitted)
    }
    let split = PartitionSplit(batch, schema: table.schema)
    return (try add(batch, split, codes, words), admitted)
  }

  private struct FullTail {
    let draft: PartitionDraft
    let position: Int
    let tail: Tail
  }

  private func encode(_ full: FullTail) {
    let plain = lock.withLock { _ in writer.plain }
    let segment = full.tail.sealed(plain: plain)
    lock.withLock { _ in full.draft.filled[full.position] = segment }
  }

  private func turnPlain(_ column: Int) {
    writer.plain[column] = true
    translation.forget(column: column)
  }

  /// Under the lock.
  private func add(
    _ batch: RowBatch, _ split: PartitionSplit, _ domainCodes: [[UInt32]?], _ words: KeyWords? = nil
  ) throws(StoreError) -> [FullTail] {
    let isLong = isLong(batch)
    var full: [FullTail] = []
    // All drafts first: opening one may fail, and then nothing must have been added.
    var drafts: [PartitionDraft] = []
    for key in split.keys { drafts.append(try draft(of: key)) }
    split.rows.withUnsafeBufferPointer { list in
      var start = 0
      for (draft, end) in zip(drafts, split.ends) {
        let rows =
          list.isEmpty
          ? BatchRows.run(0..<batch.rowCount)
          : .list(UnsafeBufferPointer(rebasing: list[start..<end]))
        add(rows, of: batch, domainCodes, words, isLong: isLong, to: draft, full: &full)
        start = end
      }
    }
    rowCount += batch.rowCount
    batchCount += 1
    record(batch)
    for draft in drafts {
      let byteCount = draft.tail.byteCount
      openByteCount += byteCount - draft.byteCount
      draft.byteCount = byteCount
      draft.newestBatch = batchCount
    }
    if let limits, openByteCount > limits.openByteCount { takeIdleTails(limits, &full) }
    return full
  }

  /// Under the lock.
  private func record(_ batch: RowBatch) {
    guard recorded != nil else { return }
    recordBytesLeft -= batch.byteCount
    if recordBytesLeft < 0 { recorded = nil } else { recorded?.append(batch) }
  }

  /// Under the lock. Takes the tails that were left behind, to be encoded.
  private func takeIdleTails(_ limits: BulkLimits, _ full: inout [FullTail]) {
    for draft in drafts.values
    where draft.newestBatch + limits.idleBatchCount < batchCount
      && draft.tail.rowCount >= limits.earlyRowCount
    {
      full.append(take(draft))
      draft.tail = emptyTail(for: 0)
      openByteCount -= draft.byteCount
      draft.byteCount = 0
    }
  }

  /// Under the lock. The tail of a draft, whose place among the filled ones is kept.
  private func take(_ draft: PartitionDraft) -> FullTail {
    draft.filled.append(nil)
    return FullTail(draft: draft, position: draft.filled.count - 1, tail: draft.tail)
  }

  private func add(
    _ rows: BatchRows, of batch: RowBatch, _ domainCodes: [[UInt32]?], _ words: KeyWords?,
    isLong: Bool, to draft: PartitionDraft, full: inout [FullTail]
  ) {
    for column in domainCodes.indices
    where writer.plain[column] && !draft.tail.makePlain(column: column) {
      full.append(take(draft))
      draft.tail = emptyTail(for: rows.count)
    }
    draft.hasNewRows = true
    // Long texts are added row by row, so that no tail gets more of them than a chunk can hold.
    let step = isLong ? 1 : rows.count
    var start = 0
    while start < rows.count {
      let room = draft.tail.room(for: min(step, rows.count - start))
      if room > 0 {
        let some = rows[start..<start + room]
        if let words { keys?.place(words, some, at: draft.nextLocation) }
        draft.tail.append(batch, some, domainCodes: domainCodes)
        start += room
      }
      if draft.tail.room(for: 1) == 0 {
        full.append(take(draft))
        draft.tail = emptyTail(for: rows.count - start)
      }
    }
  }

  /// Whether the text of a batch that goes to plain columns could overfill a chunk.
  private func isLong(_ batch: RowBatch) -> Bool {
    for column in batch.columns.indices where writer.plain[column] || automatic[column] {
      // A segment of texts no longer than this all together is never too much.
      guard case .text(let codes, let pool) = batch.columns[column].storage,
        pool.bytes.count > PlainText.maximumByteCount / Segment.capacity
      else { continue }
      let validity = batch.columns[column].validity
      let offsets = pool.offsets
      var byteCount = 0
      for row in codes.indices where validity?[row] != 0 {
        let entry = Int(codes[row])
        byteCount += offsets[entry + 1] - offsets[entry]
      }
      if byteCount > PlainText.maximumByteCount { return true }
    }
    return false
  }

  private func translate(_ batch: RowBatch) -> [[UInt32]?] {
    batch.columns.indices.map { column in
      guard case .text(let codes, let pool) = batch.columns[column].storage,
        let dictionary = dictionaries[column], !writer.plain[column]
      else { return nil }
      let validity = batch.columns[column].validity
      guard automatic[column] else {
        return translation.translate(
          codes, of: pool, validity: validity, column: column, dictionary: dictionary)
      }
      let (count, byteCount) = (dictionary.view.count, dictionary.textByteCount)
      let translated = translation.translate(
        codes, of: pool, validity: validity, column: column, dictionary: dictionary)
      writer.growth[column].add(
        rows: validity?.count { $0 != 0 } ?? codes.count, new: dictionary.view.count - count,
        newBytes: dictionary.textByteCount - byteCount)
      if writer.growth[column].hasBecomePlain() {
        turnPlain(column)
        return nil
      }
      return translated
    }
  }

  private func emptyTail(for rows: Int) -> Tail {
    let capacity = Tail.capacity(for: rows)
    return Tail(
      columns: table.schema.columns.indices.map {
        TailColumn(
          type: table.schema.columns[$0].type, dictionary: dictionaries[$0],
          isPlain: writer.plain[$0], capacity: capacity)
      })
  }

  private func draft(of key: Partition.Key) throws(StoreError) -> PartitionDraft {
    if let draft = drafts[key] {
      try reopen(draft)
      return draft
    }
    let (index, exists) = table.partitionIndex(key)
    let segments = exists ? table.partitions[index].segments : []
    let draft: PartitionDraft
    if let tail = writer.tails[key] {
      draft = PartitionDraft(key: key, kept: segments.dropLast(), tail: tail)
    } else if let last = segments.last,
      !last.isSealed || last.rowCount < Self.reopenedRowCount
    {
      draft = PartitionDraft(key: key, kept: segments.dropLast(), tail: try reopened(last))
    } else {
      draft = PartitionDraft(key: key, kept: segments[...], tail: emptyTail(for: 0))
    }
    drafts[key] = draft
    return draft
  }

  /// Goes on from the draft's last segment if that was encoded early and is small.
  private func reopen(_ draft: PartitionDraft) throws(StoreError) {
    guard draft.tail.rowCount == 0, !draft.wasReopened, let last = draft.filled.last,
      let last, last.rowCount < Self.reopenedRowCount
    else { return }
    draft.tail = try reopened(last)
    draft.filled.removeLast()
    draft.wasReopened = true
  }

  private func reopened(_ segment: Segment) throws(StoreError) -> Tail {
    do throws(DamagedChunk) {
      return try Tail(reopening: segment, dictionaries: dictionaries, plain: writer.plain)
    } catch {
      throw .damagedSegment(table: table.schema.name, reason: error.reason)
    }
  }
}

extension Appender {
  /// The table's partitions with the new rows and what the writer keeps; `nil` if there are no new
  /// rows. All calls of `append` have returned.
  func finish() throws(StoreError) -> (
    partitions: [Partition], writer: TableWriter
  )? {
    if let failure { throw failure }
    guard rowCount > 0 else { return nil }
    if limits != nil { encodeTails() }
    var partitions = table.partitions
    var added: [Partition] = []
    for (key, draft) in drafts where draft.hasNewRows {
      var segments = Array(draft.kept)
      for segment in draft.filled {
        guard let segment else { preconditionFailure("append has not returned on every thread") }
        segments.append(segment)
      }
      if draft.tail.rowCount > 0 { segments.append(draft.tail.view()) }
      writer.tails[key] = draft.tail.rowCount > 0 ? draft.tail : nil
      let (index, exists) = table.partitionIndex(key)
      if exists {
        partitions[index].segments = segments
        partitions[index].version += 1
      } else {
        added.append(Partition(key: key, version: 1, segments: segments))
      }
    }
    if !added.isEmpty {
      partitions.append(contentsOf: added)
      partitions.sort { $0.key < $1.key }
    }
    return (partitions, writer)
  }

  private func encodeTails() {
    for column in automatic.indices
    where automatic[column] && !isShared[column] && writer.growth[column].endsPlain {
      turnPlain(column)
    }
    var tails: [FullTail] = []
    for draft in drafts.values where draft.hasNewRows && draft.tail.rowCount > 0 {
      tails.append(take(draft))
      draft.tail = Tail(columns: [])
    }
    let work = FullTails(tails: tails)
    inParallel(work.tails.count) { self.encode(work.tails[$0]) }
  }

  /// Each is encoded by one thread; what it changes is changed under the lock.
  private struct FullTails: @unchecked Sendable {
    let tails: [FullTail]
  }
}
