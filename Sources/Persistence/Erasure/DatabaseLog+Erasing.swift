internal import ColumnStore

// An erasure takes place when the first snapshot without the person does, in one step. Its manifest says so,
// and so what is left to be done: everything older goes, whoever it was about, and a receipt is written
// last. Whoever opens the folder for changes and finds no receipt does that. Until the step, nothing has
// happened, and the command has to be repeated.

extension DatabaseLog {
  /// Keeps tables without somebody. When it throws, the tables in the folder are as they were; what could
  /// not be removed after that is in the receipt.
  func keep(_ erased: ErasedCatalog, for person: Erasure) throws(StoreError) -> ErasureReceipt {
    try refusing { () throws(PersistenceError) in
      let journal = try journal()
      let before = try snapshots.ids()
      var receipt = ErasureReceipt(
        id: newReceiptID(), time: snapshots.currentTime, effect: erased.effect,
        removedSnapshots: before)
      let mark = try journal.checkpoint(startsFile: true)
      do throws(PersistenceError) {
        try writeSnapshot(
          erased.catalog, mark, covering: coveredChanges, erasure: receipt, erased: erased)
      } catch {
        failUnlessNewest(before.last, error)
        throw error
      }
      guard let id = change({ $0.snapshot }) else { preconditionFailure("it was written") }
      do throws(PersistenceError) {
        receipt = try finish(
          receipt, at: id, position: mark.position, journal,
          searching: SoughtValue(person.identity))
      } catch {
        receipt.unfinished = error
      }
      return receipt
    }
  }

  private func newReceiptID() -> String {
    let digits = String(environment.random(), radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// Removes all that is older than a snapshot, which is the newest and has all records up to a position;
  /// looks whether anything is left; writes the receipt.
  @discardableResult
  func finish(
    _ receipt: ErasureReceipt, at id: SnapshotID, position: UInt64, _ journal: Journal,
    searching value: SoughtValue?
  ) throws(PersistenceError) -> ErasureReceipt {
    var receipt = receipt
    var older: [SnapshotID] = []
    try removing { () throws(PersistenceError) in
      try journal.removeFiles(upTo: position)
      older = try snapshots.ids().filter { $0 < id }
      try snapshots.removeAll(before: id)
      try TableSave.remove(from: folder.path, folder.files)
      try folder.files.synchronizeFolder(folder.path)
    }
    receipt.removedSnapshots = Set(receipt.removedSnapshots + older).sorted()
    if let value { receipt.search = try search(for: value, in: id) }
    try folder.receipts.write(receipt)
    change { $0.unfinishedErasure = nil }
    return receipt
  }

  /// The erasure that the newest snapshot tells of, unless it has a receipt.
  func unfinishedErasure(_ newest: SnapshotID?) throws(PersistenceError) -> ErasureReceipt? {
    guard let newest, let erasure = try snapshots.manifest(newest).erasure,
      try !folder.receipts.has(erasure.id)
    else { return nil }
    return erasure
  }

  // MARK: - Searching

  /// Looks for a value in the whole folder, as it is on disk.
  private func search(
    for value: SoughtValue, in id: SnapshotID
  ) throws(PersistenceError) -> ErasureReceipt.Search {
    var bytes = FolderSearch(for: value, folder.files)
    try bytes.search(folder.path)
    let found = try find(value, in: id) { bytes.search($0) }
    var result = ErasureReceipt.Search()
    result.fileCount = bytes.fileCount
    result.byteCount = bytes.byteCount
    result.places = found.places
    result.domainCount = found.domains.count
    result.otherCount = bytes.count
    result.otherFiles = bytes.paths.map { String($0.dropFirst(folder.path.count + 1)) }
    return result
  }

  /// Looks for a value in a snapshot; `texts` gets what is compressed within its chunks.
  private func find(
    _ value: SoughtValue, in id: SnapshotID, texts: ([UInt8]) -> Void = { _ in }
  ) throws(PersistenceError) -> FoundValue {
    var found = FoundValue()
    try snapshots.visit(id) { view in
      found.look(for: value, in: view)
    } segment: { (schema, segment) throws(PersistenceError) in
      do throws(DamagedChunk) {
        try found.look(for: value, in: segment, of: schema)
        for chunk in segment.chunks {
          if let text = chunk.compressedText { texts(try text.decompress().bytes) }
        }
      } catch {
        throw .unreadableSegment(table: schema.name, reason: error.reason)
      }
    }
    return found
  }

  /// Whether a snapshot or the journal has somebody whom the newest tables do not have any more.
  func hasLeftovers(of value: SoughtValue) throws(PersistenceError) -> Bool {
    for id in try snapshots.ids() where try !find(value, in: id).isEmpty { return true }
    guard try folder.files.exists(folder.journal) else { return false }
    for number in try JournalScan.numbers(in: folder.journal, folder.files) {
      let path = folder.journal + "/" + JournalScan.name(number)
      var reader = try JournalFileReader(path, folder.files)
      _ = try reader.readHeader()
      while case .frame(let frame, let payload) = try reader.next() {
        let changes = try ChangeFormat.changes(
          in: payload, journal: folder.journal, position: frame.position)
        for case .changedRows(_, _, let appended) in changes
        where appended.contains(where: { $0.has(value) }) { return true }
      }
    }
    return false
  }
}

extension Chunk {
  fileprivate var compressedText: CompressedText? {
    switch encoding {
    case .compressedText(let text): text
    case .sparse(let sparse): sparse.values.compressedText
    default: nil
    }
  }
}
