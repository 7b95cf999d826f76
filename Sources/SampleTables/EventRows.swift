internal import ColumnStore
internal import SampleData

/// The events of one day as rows of the table `events`.
struct EventRows {
  private let day: SampleDay
  private let midnight: Int64
  private let vocabulary: SampleVocabulary
  private let seed: UInt64
  private let includesIdentifiers: Bool
  /// Of all sessions of the day, so that a table translates each once.
  private let sessions: TextPool

  static let batchRowCount = 16_384

  init(_ day: SampleDay, of generator: SampleGenerator, _ vocabulary: SampleVocabulary) {
    self.day = day
    self.vocabulary = vocabulary
    seed = generator.options.seed
    includesIdentifiers = generator.options.includesEventIdentifier
    midnight = Int64(generator.date(ofDay: day.day).daysSinceEpoch) * 86_400_000
    sessions = Self.pool(of: day)
  }

  private static func pool(of day: SampleDay) -> TextPool {
    let pool = TextPool()
    // A session's number is its place, also in a day that ends early and so lacks some.
    let count = (day.sessions.last?.session ?? -1) + 1
    pool.reserve(entries: Int(count), bytes: Int(count) * 10)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 10) { text in
      guard let start = text.baseAddress else { return }
      start[0] = UInt8(ascii: "s")
      start[1] = UInt8(ascii: "-")
      for session in 0..<count {
        let number = SampleIdentifier.session.number(Int(session), onDay: day.day)
        SampleIdentifier.write(number, to: start + 2)
        pool.append(UnsafeBufferPointer(text))
      }
    }
    return pool
  }

  var batchCount: Int { (day.events.count + Self.batchRowCount - 1) / Self.batchRowCount }

  func batch(_ index: Int, of schema: TableSchema) -> RowBatch {
    let start = index * Self.batchRowCount
    let end = min(day.events.count, start + Self.batchRowCount)
    return day.events.withUnsafeBufferPointer { events in
      let rows = ColumnFilling(rows: UnsafeBufferPointer(rebasing: events[start..<end]))
      var columns = ColumnsByName(rowCount: end - start)
      fillSubject(&columns, rows)
      fillRequest(&columns, rows)
      fillUsage(&columns, rows)
      fillThings(&columns, rows)
      if includesIdentifiers { columns["event_id"] = identifiers(start..<end) }
      return columns.rows(of: schema)
    }
  }

  private func fillSubject(_ columns: inout ColumnsByName, _ rows: ColumnFilling<SampleEvent>) {
    let midnight = midnight
    let categories = vocabulary.categoryOfType
    columns["ts"] = rows.integers { midnight + Int64($0.pointee.millisecondOfDay) }
    columns["received_at"] = rows.integers { event in
      let time = Int64(event.pointee.millisecondOfDay)
      return midnight + time + 30 + (time &* 2_654_435_761) >> 7 & 511
    }
    columns["organization_id"] = rows.texts(vocabulary.organizations) {
      UInt32(bitPattern: $0.pointee.organization)
    }
    columns["user_id"] = rows.texts(vocabulary.users) { UInt32(bitPattern: $0.pointee.user) }
    columns["session_id"] = rows.texts(sessions) { UInt32(bitPattern: $0.pointee.session) }
    columns["event_type"] = rows.texts(vocabulary.types) { UInt32($0.pointee.type.rawValue) }
    columns["category"] = rows.texts(vocabulary.categories) {
      categories[Int($0.pointee.type.rawValue)]
    }
    columns["feature"] = rows.texts(vocabulary.features) {
      $0.pointee.feature.map { UInt32($0.rawValue) }
    }
    columns["emitter_key_id"] = .constant(vocabulary.marker, rowCount: columns.rowCount)
    let countries = vocabulary.userCountries
    let addresses = vocabulary.userAddresses
    columns["country"] = rows.texts(vocabulary.countries) {
      UInt32(countries[Int($0.pointee.user)])
    }
    columns["ip_address"] = rows.texts(vocabulary.addresses) {
      UInt32(addresses[Int($0.pointee.user)])
    }
    columns["user_agent"] = rows.texts(vocabulary.userAgents) { UInt32($0.pointee.client) }
  }

  private func fillRequest(_ columns: inout ColumnsByName, _ rows: ColumnFilling<SampleEvent>) {
    let number = day.day
    columns["model"] = rows.texts(vocabulary.models) {
      $0.pointee.model.map { UInt32($0.rawValue) }
    }
    columns["framework"] = rows.texts(vocabulary.frameworks) {
      $0.pointee.framework.map { UInt32($0.rawValue) }
    }
    columns["status"] = rows.texts(vocabulary.statuses) {
      $0.pointee.status.map { UInt32($0.rawValue) }
    }
    columns["error_code"] = rows.texts(vocabulary.errorCodes) {
      $0.pointee.errorCode.map { UInt32($0.rawValue) }
    }
    columns["duration_ms"] = rows.integers { $0.pointee.durationMilliseconds.map(Int64.init) }
    columns["finish_reason"] = rows.texts(vocabulary.finishReasons) { event in
      guard event.pointee.model != nil else { return nil }
      if let tokens = event.pointee.tokens, tokens.completion > 0 {
        return tokens.completion >= 1_200 ? 1 : 0
      }
      return event.pointee.errorCode == .contentPolicy ? 2 : nil
    }
    columns["request_id"] = rows.identifiers { event in
      event.pointee.request.map {
        .digits(
          letter: UInt8(ascii: "r"), SampleIdentifier.request.number(Int($0), onDay: number))
      }
    }
    let isGet = vocabulary.isGet
    columns["endpoint"] = rows.texts(vocabulary.endpoints) {
      $0.pointee.endpoint.map { UInt32($0.rawValue) }
    }
    columns["method"] = rows.texts(vocabulary.methods) { event in
      event.pointee.endpoint.map { isGet[Int($0.rawValue)] ? 0 : 1 }
    }
    columns["status_code"] = rows.integers { $0.pointee.statusCode.map(Int64.init) }
    columns["response_time_ms"] = rows.integers { event in
      guard event.pointee.statusCode != nil else { return nil }
      // Outcomes come later, by themselves.
      switch event.pointee.type {
      case .imageGenerateSucceeded, .imageGenerateFailed, .videoGenerateSucceeded,
        .videoGenerateFailed:
        return nil
      default: break
      }
      if let duration = event.pointee.durationMilliseconds { return Int64(duration) }
      let bits = Int64(event.pointee.millisecondOfDay) &* 2_654_435_761 >> 9
      return 8 + bits & 31 + (bits >> 5 & 127) * (bits >> 12 & 7) / 7
    }
    columns["authenticated"] = rows.booleans {
      $0.pointee.endpoint == nil ? nil : $0.pointee.statusCode != 401
    }
  }

  private func fillUsage(_ columns: inout ColumnsByName, _ rows: ColumnFilling<SampleEvent>) {
    columns["prompt_tokens"] = rows.integers { $0.pointee.tokens.map { Int64($0.prompt) } }
    columns["completion_tokens"] = rows.integers { $0.pointee.tokens.map { Int64($0.completion) } }
    columns["total_tokens"] = rows.integers { $0.pointee.tokens.map { Int64($0.total) } }
    columns["cached_tokens"] = rows.integers { event in
      guard let tokens = event.pointee.tokens, tokens.cached > 0 else { return nil }
      return Int64(tokens.cached)
    }
    columns["reasoning_tokens"] = rows.integers { event in
      guard let tokens = event.pointee.tokens, tokens.reasoning > 0 else { return nil }
      return Int64(tokens.reasoning)
    }
    columns["cost_usd"] = rows.doubles { $0.pointee.costMicrodollars.map { Double($0) / 1e6 } }
    columns["cost_source"] = rows.texts(vocabulary.costSources) { event in
      guard event.pointee.costMicrodollars != nil else { return nil }
      return event.pointee.model == nil ? 1 : 0
    }
    columns["gpu_seconds"] = rows.doubles { event in
      event.pointee.work.map { Double($0.gpuMilliseconds) / 1e3 }
    }
    columns["cpu_seconds"] = rows.doubles { event in
      event.pointee.work.map { Double($0.cpuMilliseconds) / 1e3 }
    }
    columns["gpu_utilization"] = rows.doubles { event in
      event.pointee.work.map { Double($0.utilizationThousandths) / 1e3 }
    }
    columns["storage_type"] = rows.texts(vocabulary.storages) {
      $0.pointee.storage.map { UInt32($0.rawValue) }
    }
    columns["bytes_delta"] = rows.integers {
      $0.pointee.storage == nil ? nil : $0.pointee.bytes
    }
    columns["size_bytes"] = rows.integers {
      $0.pointee.storage == nil ? $0.pointee.bytes : nil
    }
  }

  private func fillThings(_ columns: inout ColumnsByName, _ rows: ColumnFilling<SampleEvent>) {
    let number = day.day
    let kinds = vocabulary.resourceOfType
    let kindCodes = kinds.map { kind in
      kind.flatMap { ResourceKind.allCases.firstIndex(of: $0) }.map { UInt32($0) }
    }
    let letters = kinds.map { $0?.letter ?? 0 }
    let courses = vocabulary.courseOfLesson
    columns["resource_type"] = rows.texts(vocabulary.resourceTypes) { event in
      if let storage = event.pointee.storage { return Self.resource(of: storage).code }
      return kindCodes[Int(event.pointee.type.rawValue)]
    }
    columns["resource_id"] = rows.identifiers(after: SampleLesson.all.map(\.name)) { event in
      if let lesson = event.pointee.lesson { return .known(UInt32(lesson)) }
      let letter =
        event.pointee.storage.map { Self.resource(of: $0).letter }
        ?? letters[Int(event.pointee.type.rawValue)]
      guard letter != 0, let request = event.pointee.request else { return nil }
      // Files go to the data set of the project.
      if event.pointee.feature == .knowledge || event.pointee.type == .datasetUpload
        || event.pointee.storage == .dataset, let project = event.pointee.project
      {
        return .digits(letter: letter, UInt64(project))
      }
      return .digits(letter: letter, SampleIdentifier.request.number(Int(request), onDay: number))
    }
    columns["project_id"] = rows.texts(vocabulary.projects) { event in
      switch event.pointee.type {
      case .signup, .login, .logout, .heartbeat, .emailSent, .emailOpened, .projectCreate,
        .courseStart, .videoPlay, .quizAttempt, .lessonComplete, .courseComplete:
        return nil
      default: return event.pointee.project.map { UInt32(bitPattern: $0) }
      }
    }
    columns["course_id"] = rows.texts(vocabulary.courses) {
      $0.pointee.lesson.map { courses[Int($0)] }
    }
    columns["metadata"] = rows.texts(vocabulary.scores) { $0.pointee.score.map { UInt32($0) } }
    columns["conversation_id"] = rows.identifiers { event in
      guard event.pointee.type == .chat else { return nil }
      return .digits(
        letter: UInt8(ascii: "c"),
        SampleIdentifier.session.number(Int(event.pointee.session), onDay: number))
    }
    columns["message_id"] = rows.identifiers { event in
      guard event.pointee.type == .chat, let request = event.pointee.request else { return nil }
      return .digits(
        letter: UInt8(ascii: "m"), SampleIdentifier.request.number(Int(request), onDay: number))
    }
    columns["mime_type"] = rows.texts(vocabulary.mimeTypes) { event in
      guard event.pointee.storage == nil, let bytes = event.pointee.bytes else { return nil }
      return UInt32(truncatingIfNeeded: bytes % 6)
    }
    columns["file_hash"] = rows.identifiers { event in
      guard event.pointee.storage == nil, let bytes = event.pointee.bytes else { return nil }
      return .digits(
        letter: UInt8(ascii: "h"),
        SampleIdentifier.request.number(Int(truncatingIfNeeded: bytes & 0xffff_ffff), onDay: 0))
    }
  }

  private static func resource(of storage: SampleStorage) -> (code: UInt32, letter: UInt8) {
    switch storage {
    case .dataset: (3, ResourceKind.dataset.letter)
    case .checkpoint: (4, ResourceKind.trainingJob.letter)
    case .export: (5, ResourceKind.export.letter)
    }
  }

  private func identifiers(_ range: Range<Int>) -> ColumnValues {
    let pool = TextPool()
    pool.reserve(entries: range.count, bytes: range.count * 36)
    for row in range {
      pool.append(SampleUUID(.events, row: row, day: day.day, seed: seed).text)
    }
    return ColumnValues(
      storage: .text(codes: Array(0..<UInt32(truncatingIfNeeded: range.count)), pool: pool))
  }
}
