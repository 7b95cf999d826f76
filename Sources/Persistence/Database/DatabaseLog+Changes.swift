internal import ColumnStore

extension DatabaseLog: ChangeLog {
  var recordByteLimit: Int { options.recordByteLimit }

  func begin(_ catalog: Catalog) throws(StoreError) -> Catalog? {
    try refusing { () throws(PersistenceError) in
      let (isOpen, isClosed, position, snapshot) = change {
        ($0.journal != nil, $0.isClosed, $0.position, $0.snapshot)
      }
      if isOpen || isClosed {
        _ = try journal()
        return nil
      }
      let found = try openForChanges(after: catalog)
      let isSame = change { $0.snapshot == snapshot && $0.position == position }
      return isSame && found.recovery.changeCount == 0 ? nil : found.catalog
    }
  }

  func submit(_ changes: [StoreChange]) throws(StoreError) -> UInt64 {
    try refusing { () throws(PersistenceError) in
      let bytes = ChangeFormat.bytes(of: changes)
      let position = try journal().submit(try JournalRecord(bytes))
      let now = environment.now()
      change {
        $0.position = position
        $0.byteCount += bytes.count
        if $0.oldestChange == nil { $0.oldestChange = now }
      }
      return position
    }
  }

  func wait(for position: UInt64) throws(StoreError) {
    try refusing { () throws(PersistenceError) in
      // Not `journal()`: what was submitted is stored by the time it is closed.
      guard let journal = change({ $0.journal }) else { return }
      try journal.wait(for: position)
    }
  }

  func keep(_ catalog: Catalog) throws(StoreError) {
    try refusing { () throws(PersistenceError) in
      let covered = coveredChanges
      let mark = try journal().checkpoint(startsFile: true)
      let before = try snapshots.ids().last
      do throws(PersistenceError) {
        try writeSnapshot(catalog, mark, covering: covered)
      } catch {
        failUnlessNewest(before, error)
        throw error
      }
    }
  }

  func startCheckpoint(
    _ catalog: Catalog
  ) throws(StoreError) -> @Sendable () throws(StoreError) -> Void {
    let covered = coveredChanges
    let mark = try refusing { () throws(PersistenceError) in
      try notingFailure { () throws(PersistenceError) in
        try journal().checkpoint(startsFile: true)
      }
    }
    return { [self] () throws(StoreError) in
      try refusing { () throws(PersistenceError) in
        try notingFailure { () throws(PersistenceError) in
          try writeSnapshot(catalog, mark, covering: covered)
        }
      }
    }
  }

  func refusing<Result>(
    _ body: () throws(PersistenceError) -> Result
  ) throws(StoreError) -> Result {
    do throws(PersistenceError) {
      return try body()
    } catch {
      throw .notKept(refusal(error))
    }
  }

  private func refusal(_ error: PersistenceError) -> StorageRefusal {
    // The journal's own words are about what came first.
    var cause = error
    var mayBeStored = false
    if case .journalStopped(_, let isOpen) = error {
      mayBeStored = isOpen
      if let failure { cause = failure }
    }
    switch cause {
    case .inUse:
      return StorageRefusal(.inUse, "\(cause)", hint: "wait until it has ended, or end it")
    case .recordTooLarge:
      return StorageRefusal(.tooLarge, "\(cause)", hint: cause.hint)
    case .system(let failure):
      let isStopped = self.failure != nil
      var message = "the disk refused the change: \(cause)"
      if mayBeStored { message += "; whether it was kept shows after a restart" }
      return StorageRefusal(
        failure.isDiskFull ? .diskFull : .diskFailed, message,
        hint: isStopped
          ? "queries go on; to change tables, see to the disk and restart: what was acknowledged is kept"
          : cause.hint ?? "nothing was changed")
    default:
      return StorageRefusal(.damaged, "\(cause)", hint: cause.hint)
    }
  }
}
