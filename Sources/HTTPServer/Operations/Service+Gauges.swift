internal import ColumnStore
internal import Engine
internal import Persistence
internal import QueryExecution

extension Service {
  /// What is read when the metrics are asked for.
  func registerGauges() {
    func gauge(_ name: String, _ about: String, _ read: @escaping @Sendable (Service) -> Double) {
      metrics.registry.gauge(name, about) { [weak self] in self.map { [([], read($0))] } ?? [] }
    }
    registerLedgerGauges()
    gauge("daybook_work_queue_length", "Calls of the engine that run or wait.") {
      Double($0.work.count)
    }
    gauge("daybook_engine_cache_bytes", "Memory of what aggregations left for later queries.") {
      Double($0.engine.partialCacheByteCount)
    }
    gauge("daybook_engine_memory_bytes", "Memory that running statements have set aside.") {
      Double($0.engine.memory.byteCount)
    }
    gauge("daybook_answer_bytes", "Memory of answers that wait to be read.") {
      Double($0.answers.byteCount)
    }
    gauge("daybook_store_read_only", "1 where nothing can be changed any more.") {
      $0.database.failure == nil ? 0 : 1
    }
    gauge("daybook_store_tables", "Tables there are.") {
      Double($0.database.store.catalog().tables.count)
    }
    gauge("daybook_store_rows", "Rows of all tables.") {
      Double($0.database.store.catalog().tables.values.reduce(0) { $0 + $1.rowCount })
    }
    gauge("daybook_journal_bytes", "Of changes that the newest snapshot lacks.") {
      Double($0.database.health.journalByteCount)
    }
    metrics.registry.gauge("daybook_snapshot_age_seconds", "Of the newest, where there is one.") {
      [weak self] in
      self?.database.health.snapshotAge.map { [([], Double($0.components.seconds))] } ?? []
    }
    gauge("daybook_snapshot_failures", "Snapshots of this process that failed.") {
      Double($0.database.health.checkpointFailureCount)
    }
    gauge("daybook_live_streams", "Streams of live counters that are open.") {
      Double($0.live.streamCount)
    }
    metrics.registry.gauge("process_cpu_seconds_total", "CPU time.", isCounter: true) {
      [([], ProcessUsage().cpuSeconds)]
    }
    for (name, about, read) in Self.processGauges {
      metrics.registry.gauge(name, about) { [([], read(ProcessUsage()))] }
    }
  }

  private static let processGauges: [(String, String, @Sendable (ProcessUsage) -> Double)] = [
    ("process_resident_memory_bytes", "Resident memory.", { Double($0.residentByteCount) }),
    ("process_virtual_memory_bytes", "Virtual memory.", { Double($0.virtualByteCount) }),
    ("process_open_fds", "Open files.", { Double($0.openFileCount) }),
    ("process_max_fds", "Files that may be open.", { Double($0.largestFileCount) }),
    ("process_start_time_seconds", "When it started, since 1970.", { $0.startSeconds }),
  ]
}
