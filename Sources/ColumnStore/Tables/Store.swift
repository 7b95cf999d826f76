internal import Glibc
internal import Synchronization

/// All tables in memory: one writer at a time, any number of readers.
///
/// Readers copy the published catalog and are never held up. Writers wait for each other.
public final class Store: Sendable {
  private let published: Mutex<Catalog>
  let writer: Writer
  private let recorder: Recorder?

  /// Is told of each change before it is published; what it throws undoes the change.
  public typealias Recorder = @Sendable (StoreChange) throws(StoreError) -> Void

  public convenience init() {
    self.init(adopting: Catalog())
  }

  /// A store that goes on from a catalog, such as one that was read from disk.
  public init(adopting catalog: Catalog, recorder: Recorder? = nil) {
    published = Mutex(catalog)
    self.recorder = recorder
    writer = Writer()
  }

  /// The newest published state.
  public func catalog() -> Catalog { published.withLock { $0 } }

  public func createDomain(_ name: String) throws(StoreError) {
    try change(.createdDomain(name)) { (catalog, _) throws(StoreError) in
      guard catalog.declaredDomains.insert(name).inserted else {
        throw StoreError.domainExists(name)
      }
      if catalog.dictionaries[name] == nil {
        catalog.dictionaries[name] = TextDictionary(domain: name)
      }
    }
  }

  public func createTable(_ schema: TableSchema) throws(StoreError) {
    try schema.validate()
    try change(.createdTable(schema)) { (catalog, _) throws(StoreError) in
      _ = try catalog.addTable(schema)
    }
  }

  /// A dictionary goes with the last table that uses its domain, unless the domain is declared. Views
  /// of the table stay, for a table that takes its place; `drop` minds them.
  public func dropTable(_ name: String) throws(StoreError) {
    try change(.dropped([name])) { (catalog, writers) throws(StoreError) in
      guard catalog.tables.removeValue(forKey: name) != nil else {
        throw StoreError.unknownTable(name)
      }
      writers[name] = nil
      catalog.dropUnusedDictionaries()
    }
  }

  /// Removes all rows of a table.
  public func truncateTable(_ name: String) throws(StoreError) {
    try change(.truncatedTable(name)) { (catalog, writers) throws(StoreError) in
      guard catalog.tables[name] != nil else { throw StoreError.unknownTable(name) }
      catalog.tables[name]?.partitions = []
      writers[name] = nil
    }
  }

  func change(
    _ change: StoreChange,
    _ body: (inout Catalog, inout [String: TableWriter]) throws(StoreError) -> Void
  ) throws(StoreError) {
    writer.lock()
    defer { writer.unlock() }
    var catalog = catalog()
    var writers = writer.tables
    try body(&catalog, &writers)
    try publish(catalog, change)
    writer.tables = writers
  }

  var isRecording: Bool { recorder != nil }

  /// The one place where a change becomes visible; the writer's lock is held.
  func publish(_ catalog: Catalog, _ change: StoreChange) throws(StoreError) {
    try recorder?(change)
    published.withLock {
      let version = $0.version
      $0 = catalog
      $0.version = version + 1
    }
  }
}

extension Catalog {
  mutating func dropUnusedDictionaries() {
    var used = declaredDomains
    for table in tables.values {
      for column in table.schema.columns where column.type.physical == .text {
        used.insert(column.domain)
      }
    }
    dictionaries = dictionaries.filter { used.contains($0.key) }
  }
}

/// What only the one writer of a store touches, and the lock that makes it the only one.
///
/// Sound because `tables` is touched between `lock` and `unlock` only. Not a `Mutex`, since a
/// transaction lasts as long as its caller's code, which may throw anything.
final class Writer: @unchecked Sendable {
  var tables: [String: TableWriter] = [:]
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    var attributes = pthread_mutexattr_t()
    pthread_mutexattr_init(&attributes)
    pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_ERRORCHECK))
    pthread_mutex_init(mutex, &attributes)
    pthread_mutexattr_destroy(&attributes)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  func lock() {
    let result = pthread_mutex_lock(mutex)
    precondition(result == 0, "a store was changed from inside of its own transaction")
  }

  func unlock() {
    pthread_mutex_unlock(mutex)
  }
}
