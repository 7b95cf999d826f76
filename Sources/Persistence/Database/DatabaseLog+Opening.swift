internal import ColumnStore

extension DatabaseLog {
  struct Found {
    var catalog: Catalog
    var recovery: Recovery
  }

  /// Reads what there is, under a lock that is kept with `forChanges`.
  func open(forChanges: Bool) throws(PersistenceError) -> Found {
    if forChanges { return try openForChanges(after: nil) }
    guard try folder.files.exists(folder.path) else {
      return Found(catalog: Catalog(), recovery: Recovery())
    }
    let lock = try folder.lock(.sharedAtOnce, patience: options.patience, environment)
    defer { lock.release() }
    let isKnown = try folder.checkFormat()
    let base = try base(after: nil)
    var replay = Replay(base, progress)
    var recovery = base.recovery
    if isKnown, try folder.files.exists(folder.journal) {
      let read = try Journal.read(
        folder.journal, after: base.position, known: base.mark, files: folder.files
      ) { (position, record) throws(PersistenceError) in
        try replay.apply(record, at: position, of: folder.journal)
      }
      recovery.note(read)
    }
    let now = environment.now()
    change { state in
      state.note(base, replay, now: now)
      state.position = replay.position
      state.isEmpty = base.isEmpty && recovery.changeCount == 0
    }
    recovery.unfinishedErasure = try unfinishedErasure(base.snapshot)?.id
    return Found(catalog: replay.store.catalog(), recovery: recovery)
  }

  /// Locks the folder for changes, and reads what is newer than `catalog`, if that is what was read
  /// before.
  func openForChanges(after catalog: Catalog?) throws(PersistenceError) -> Found {
    let isNew = try !folder.files.exists(folder.path)
    try folder.files.makeFolders(folder.path)
    let lock = try folder.lock(.exclusiveAtOnce, patience: options.patience, environment)
    var isOpen = false
    defer { if !isOpen { lock.release() } }
    if !options.holder.isEmpty { folder.note(holder: options.holder) }
    let isKnown = try folder.checkFormat()
    let base = try base(after: catalog)
    if !isKnown { try folder.writeFormat(number: environment.random()) }
    let erasure = try unfinishedErasure(base.snapshot)
    var replay = Replay(base, progress)
    let (journal, opened) = try Journal.open(
      folder.journal, after: base.position, known: base.mark,
      options: JournalOptions(
        durability: options.durability, fileByteCount: options.journalFileByteCount),
      environment: environment
    ) { (position, record) throws(PersistenceError) in
      try replay.apply(record, at: position, of: folder.journal)
    }
    isOpen = true
    var recovery = base.recovery
    recovery.note(opened)
    let now = environment.now()
    change { state in
      state.note(base, replay, now: now)
      state.position = opened.position
      state.lock = lock
      state.isNew = isNew
      state.journal = journal
      state.isEmpty = base.isEmpty && recovery.changeCount == 0
      state.unfinishedErasure = erasure
    }
    if let erasure, let snapshot = base.snapshot {
      let finished = try? finish(
        erasure, at: snapshot, position: base.position, journal, searching: nil)
      if finished == nil { recovery.unfinishedErasure = erasure.id }
    }
    return Found(catalog: replay.store.catalog(), recovery: recovery)
  }

  /// What the journal goes on from.
  fileprivate struct Base: Sendable {
    var catalog = Catalog()
    var snapshot: SnapshotID?
    /// Milliseconds since 1970-01-01 UTC.
    var snapshotTime: Int64?
    var snapshotPosition: UInt64 = 0
    var position: UInt64 = 0
    var mark: JournalMark?
    var isEmpty = false

    var recovery: Recovery { Recovery(snapshot: snapshot) }
  }

  /// The newest snapshot, whatever its state: an older one would lack changes without anybody being
  /// told. With a catalog that was made of it, this one.
  private func base(after catalog: Catalog?) throws(PersistenceError) -> Base {
    let newest = try snapshots.ids().last
    let (known, position) = change { ($0.snapshot, $0.position) }
    if let catalog, known == newest, known != nil || position > 0 {
      let (time, snapshotPosition) = change { ($0.snapshotTime, $0.snapshotPosition) }
      return Base(
        catalog: catalog, snapshot: known, snapshotTime: time, snapshotPosition: snapshotPosition,
        position: position)
    }
    if let newest {
      let progress = progress
      let snapshot = try snapshots.open(newest) { done, count in
        progress?(.readingSnapshot(byteCount: done, of: count))
      }
      return Base(
        catalog: snapshot.catalog, snapshot: newest, snapshotTime: snapshot.createdAt,
        snapshotPosition: snapshot.journalPosition, position: snapshot.journalPosition,
        mark: snapshot.journalMark)
    }
    do throws(PersistenceError) {
      let store = try TableSave.read(
        from: folder.path, threads: options.threads, files: folder.files)
      return Base(catalog: store.catalog())
    } catch {
      guard case .noData = error else { throw error }
      return Base(isEmpty: true)
    }
  }

  /// Does again what the journal has.
  fileprivate struct Replay: Sendable {
    let store: Store
    private(set) var position: UInt64
    private(set) var byteCount = 0
    private var count: UInt64 = 0
    private let progress: (@Sendable (RecoveryProgress) -> Void)?

    init(_ base: Base, _ progress: (@Sendable (RecoveryProgress) -> Void)?) {
      store = Store(adopting: base.catalog)
      position = base.position
      self.progress = progress
    }

    mutating func apply(
      _ record: [UInt8], at position: UInt64, of journal: String
    ) throws(PersistenceError) {
      let changes = try ChangeFormat.changes(in: record, journal: journal, position: position)
      do throws(StoreError) {
        try store.apply(changes)
      } catch {
        throw .damagedJournal(
          file: journal, offset: 0, reason: "record \(position) does not fit the tables: \(error)")
      }
      self.position = position
      byteCount += record.count
      count += 1
      if count % 64 == 0 { progress?(.replaying(count)) }
    }
  }
}

extension DatabaseLog.State {
  /// What recovery went on from, and what it found after it.
  fileprivate mutating func note(
    _ base: DatabaseLog.Base, _ replay: DatabaseLog.Replay, now: Duration
  ) {
    let goesOn = snapshot == base.snapshot && position > 0
    snapshot = base.snapshot
    snapshotTime = base.snapshotTime
    snapshotPosition = base.snapshotPosition
    byteCount = (goesOn ? byteCount : 0) + replay.byteCount
    // How old they are nobody knows: they count from now on.
    oldestChange = byteCount > 0 ? oldestChange ?? now : nil
  }
}

extension Recovery {
  fileprivate mutating func note(_ journal: JournalRecovery) {
    changeCount = journal.recordCount
    tail = journal.tail
  }
}
