internal import ColumnStore
internal import SampleData

/// What a day has beside its events, as rows of the other built-in tables.
struct DayRows {
  private let day: SampleDay
  private let generator: SampleGenerator
  private let midnight: Int64
  private let vocabulary: SampleVocabulary

  init(_ day: SampleDay, of generator: SampleGenerator, _ vocabulary: SampleVocabulary) {
    self.day = day
    self.generator = generator
    self.vocabulary = vocabulary
    midnight = Int64(generator.date(ofDay: day.day).daysSinceEpoch) * 86_400_000
  }

  func sessions(_ schema: TableSchema) -> RowBatch {
    day.sessions.withUnsafeBufferPointer { sessions in
      let rows = ColumnFilling(rows: sessions)
      let number = day.day
      let midnight = midnight
      var columns = ColumnsByName(rowCount: sessions.count)
      columns["session_id"] = rows.identifiers {
        .digits(
          letter: UInt8(ascii: "s"),
          SampleIdentifier.session.number(Int($0.pointee.session), onDay: number))
      }
      columns["organization_id"] = rows.texts(vocabulary.organizations) {
        UInt32(bitPattern: $0.pointee.organization)
      }
      columns["user_id"] = rows.texts(vocabulary.users) { UInt32(bitPattern: $0.pointee.user) }
      let (countries, addresses) = (vocabulary.userCountries, vocabulary.userAddresses)
      columns["country"] = rows.texts(vocabulary.countries) {
        UInt32(countries[Int($0.pointee.user)])
      }
      columns["ip_address"] = rows.texts(vocabulary.addresses) {
        UInt32(addresses[Int($0.pointee.user)])
      }
      columns["user_agent"] = rows.texts(vocabulary.userAgents) { UInt32($0.pointee.client) }
      columns["device_type"] = rows.texts(vocabulary.devices) { UInt32($0.pointee.client) }
      columns["browser"] = rows.texts(vocabulary.browsers) { UInt32($0.pointee.client) }
      columns["os"] = rows.texts(vocabulary.systems) { UInt32($0.pointee.client) }
      columns["login_at"] = rows.integers { midnight + Int64($0.pointee.login) }
      columns["last_activity_at"] = rows.integers { midnight + Int64($0.pointee.lastActivity) }
      columns["logout_at"] = rows.integers {
        $0.pointee.hasLogout ? midnight + Int64($0.pointee.lastActivity) : nil
      }
      columns["active_seconds"] = rows.integers { Int64($0.pointee.seconds.active) }
      columns["idle_seconds"] = rows.integers { Int64($0.pointee.seconds.idle) }
      columns["total_seconds"] = rows.integers { Int64($0.pointee.seconds.total) }
      columns["api_calls"] = rows.integers { Int64($0.pointee.apiCalls) }
      columns["page_views"] = rows.integers { Int64($0.pointee.pageViews) }
      columns["requests"] = rows.integers { Int64($0.pointee.requests) }
      columns["total_tokens"] = rows.integers { $0.pointee.tokens }
      columns["cost_usd"] = rows.doubles { Double($0.pointee.costMicrodollars) / 1e6 }
      columns["is_active"] = rows.booleans { _ in false }
      return columns.rows(of: schema)
    }
  }

  func feedback(_ schema: TableSchema) -> RowBatch {
    day.feedback.withUnsafeBufferPointer { feedback in
      let rows = ColumnFilling(rows: feedback)
      let number = day.day
      let midnight = midnight
      var columns = ColumnsByName(rowCount: feedback.count)
      columns["ts"] = rows.integers { midnight + Int64($0.pointee.millisecondOfDay) }
      columns["received_at"] = rows.integers { midnight + Int64($0.pointee.millisecondOfDay) + 90 }
      let seed = generator.options.seed
      columns["feedback_id"] = Self.texts(feedback.indices) {
        SampleUUID(.feedback, row: $0, day: number, seed: seed).text
      }
      columns["organization_id"] = rows.texts(vocabulary.organizations) {
        UInt32(bitPattern: $0.pointee.organization)
      }
      columns["user_id"] = rows.texts(vocabulary.users) { UInt32(bitPattern: $0.pointee.user) }
      columns["request_id"] = rows.identifiers {
        .digits(
          letter: UInt8(ascii: "r"),
          SampleIdentifier.request.number(Int($0.pointee.request), onDay: number))
      }
      columns["kind"] = .constant(vocabulary.ratingKind, rowCount: feedback.count)
      columns["stars"] = rows.integers { Int64($0.pointee.stars) }
      columns["comment"] = Self.texts(feedback.indices) { feedback[$0].comment }
      columns["model"] = rows.texts(vocabulary.models) {
        $0.pointee.model.map { UInt32($0.rawValue) }
      }
      columns["answer_key"] = rows.integers { _ in 0 }
      return columns.rows(of: schema)
    }
  }

  func threats(_ schema: TableSchema) -> RowBatch {
    day.threats.withUnsafeBufferPointer { threats in
      let rows = ColumnFilling(rows: threats)
      let number = day.day
      let midnight = midnight
      var columns = ColumnsByName(rowCount: threats.count)
      columns["threat_id"] = Self.texts(threats.indices) {
        SampleIdentifier.threat.text($0, onDay: number)
      }
      columns["ts"] = rows.integers { midnight + Int64($0.pointee.millisecondOfDay) }
      columns["organization_id"] = rows.texts(vocabulary.organizations) {
        UInt32(bitPattern: $0.pointee.organization)
      }
      columns["user_id"] = rows.texts(vocabulary.users) {
        $0.pointee.user.map { UInt32(bitPattern: $0) }
      }
      columns["threat_type"] = rows.texts(vocabulary.threatTypes) {
        UInt32($0.pointee.type.rawValue)
      }
      columns["severity"] = rows.texts(vocabulary.severities) {
        UInt32($0.pointee.severity.rawValue)
      }
      columns["description"] = rows.texts(vocabulary.threatMeanings) {
        UInt32($0.pointee.type.rawValue)
      }
      columns["ip_address"] = rows.texts(vocabulary.addresses) { UInt32($0.pointee.address) }
      columns["country"] = rows.texts(vocabulary.countries) { UInt32($0.pointee.country) }
      columns["request_id"] = rows.identifiers { threat in
        threat.pointee.request.map {
          .digits(
            letter: UInt8(ascii: "r"), SampleIdentifier.request.number(Int($0), onDay: number))
        }
      }
      // What would be dealt with after the end of the sample is not dealt with yet.
      let end = min(
        generator.options.end ?? .max,
        Int64(generator.options.days - number) * 86_400_000 + midnight)
      let resolved: (SampleThreat) -> Int64? = { threat in
        guard let after = threat.resolvedAfter else { return nil }
        let time = midnight + Int64(threat.millisecondOfDay) + after
        return time < end ? time : nil
      }
      columns["resolved"] = rows.booleans { resolved($0.pointee) != nil }
      columns["resolved_at"] = rows.integers { resolved($0.pointee) }
      // Whoever founded the organisation administers it.
      columns["resolved_by"] = rows.texts(vocabulary.users) {
        resolved($0.pointee) == nil ? nil : UInt32(bitPattern: $0.pointee.organization)
      }
      return columns.rows(of: schema)
    }
  }

  /// Projects and data sets that were made on the day.
  func resources(_ schema: TableSchema) -> RowBatch {
    var things = ThingRows(schema)
    for event in day.events where event.status == .succeeded {
      guard let kind = ResourceKind(event.type), let request = event.request,
        event.type == .projectCreate || event.type == .datasetCreate
      else { continue }
      let digits = SampleIdentifier.request.text(Int(request), onDay: day.day).dropFirst(2)
      let user = SampleGenerator.userIdentifier(Int(event.user))
      let letter = String(UnicodeScalar(kind.letter))
      let organization = SampleGenerator.organizationIdentifier(Int(event.organization))
      things.append([
        "resource_type": .text(kind.rawValue),
        "resource_id": .text("\(letter)-\(digits)"),
        "organization_id": .text(organization), "user_id": .text(user), "created_by": .text(user),
        "name": .text("\(kind.rawValue) \(digits.prefix(4))"),
        "visibility": .text(request % 3 == 0 ? "organization" : "private"),
        "is_shared": .boolean(request % 3 == 0),
        "member_count": .integer(1 + Int64(request % 4)),
        "created_at": .timestamp(midnight + Int64(event.millisecondOfDay)),
      ])
    }
    return things.batch
  }

  private static func texts(_ rows: Range<Int>, _ body: (Int) -> String?) -> ColumnValues {
    let pool = TextPool()
    var codes: [UInt32] = []
    var validity: [UInt8] = []
    for row in rows {
      let text = body(row)
      codes.append(text.map { UInt32(truncatingIfNeeded: pool.append($0)) } ?? 0)
      validity.append(text == nil ? 0 : 1)
    }
    if pool.count == 0 { return ColumnValues(storage: .nulls) }
    return ColumnValues(storage: .text(codes: codes, pool: pool), validity: validity)
  }
}

extension SampleSession {
  /// Whole seconds that add up.
  fileprivate var seconds: (active: Int32, idle: Int32, total: Int32) {
    let total = (lastActivity - login) / 1_000
    let active = min(activeMilliseconds / 1_000, total)
    return (active, total - active, total)
  }
}
