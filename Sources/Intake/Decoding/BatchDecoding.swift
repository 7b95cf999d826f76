internal import AccessControl
internal import CSimdJSON
internal import ColumnStore

/// The work on one body: each field is read for all records at once.
struct BatchDecoding {
  var batch: DecodedBatch
  let document: RecordDocument
  var scrubber: Scrubber
  let rules: IntakeRules
  let now: Int64

  typealias Text = UnsafeBufferPointer<UInt8>

  mutating func decode(_ index: Int, emitter: Emitter) {
    let field = batch.schema.fields[index]
    switch field.type {
    case .organization: return
    case .identifier where field.name == "user_id" && emitter.user != nil:
      decodeOwnUser(index, field, emitter.user)
    case .metadata: decodeMetadata(index, field)
    case .integer(let range):
      decodeIntegers(index, field) { value in
        guard let number = value.number, number == number.rounded() else { return .wrongType }
        guard let integer = value.exactInteger, range.contains(integer) else { return .outOfRange }
        return .value(integer)
      }
    case .rounded(let range):
      decodeIntegers(index, field) { value in
        guard let number = value.number else { return .wrongType }
        guard let integer = Int64(exactly: number.rounded()), range.contains(integer) else {
          return .outOfRange
        }
        return .value(integer)
      }
    case .time: decodeTimes(index, field)
    case .money:
      decodeDoubles(index, field) { value in
        let micros = (value * 1_000_000).rounded()
        return (0...1_000_000_000_000).contains(micros) ? micros / 1_000_000 : nil
      }
    case .number(let range): decodeDoubles(index, field) { range.contains($0) ? $0 : nil }
    case .boolean: decodeBooleans(index, field)
    default: decodeText(index, field)
    }
    guard field.isRequired else { return }
    for row in 0..<batch.rowCount
    // What was refused was not missing.
    where batch.fields[index].isNull(row) && batch.problems[row]?.field != field.name {
      batch.refuse(row, .missingField, field.name)
    }
  }

  // MARK: - Text

  private mutating func decodeText(_ index: Int, _ field: RecordField) {
    var column = TextColumn(rowCount: batch.rowCount)
    let type = field.type
    document.visit(index) { row, value in
      guard value.isKind(DAYBOOK_JSON_TEXT) else {
        return batch.refuse(row, .wrongType, field.name)
      }
      guard value.count > 0 else {
        // Elsewhere no text is no value; who somebody is must not get lost without a word.
        if type == .identifier, !field.isRequired { batch.refuse(row, .invalidID, field.name) }
        return
      }
      let place = batch.rowOrganizations[row]
      let organization = place < 0 ? nil : batch.organizations[Int(place)]
      let entry = column.entry(value.text, salt: UInt32(bitPattern: place)) { text in
        judge(text, as: type, of: organization)
      }
      if let problem = entry.problem {
        batch.refuse(row, problem, field.name)
        // The dead letter has it, for a deployment that knows the type later.
        if problem == .unknownEventType {
          let word = TextRules.word(value.text)
          if TextRules.isPlainWord(word), scrubber.scrubbed(value.text, in: organization) == nil {
            column.set(row, code: column.append(word))
          }
        }
      } else {
        column.set(row, entry)
      }
    }
    if !column.isEmpty { batch.fields[index] = .text(column) }
  }

  mutating func judge(
    _ text: Text, as type: FieldType, of organization: OrganizationID?
  ) -> TextColumn.Verdict {
    switch type {
    case .identifier: TextRules.identifier(text)
    case .choice(let words):
      words[TextRules.word(text)].map { .replace($0) } ?? .refuse(.unknownValue)
    case .eventType: eventType(text)
    case .label(let limit), .prose(let limit): scrub(text, limit: limit, organization)
    // Sealed as a whole, and read by patterns that must find it as it is.
    case .userAgent: TextRules.sealed(text, limit: 1_024)
    case .path(let limit): path(text, limit: limit, organization)
    case .address: address(text)
    case .country: TextRules.country(text)
    case .mail: TextRules.mail(text)
    case .fingerprint(let domain): fingerprint(text, domain, organization)
    default: .refuse(.wrongType)
    }
  }

  private func eventType(_ text: Text) -> TextColumn.Verdict {
    let word = TextRules.word(text)
    if let known = rules.eventTypes.names[word] { return .replace(known) }
    guard rules.eventTypes.allowsOthers, TextRules.isPlainWord(word) else {
      return .refuse(.unknownEventType)
    }
    return .replace(word)
  }

  private mutating func scrub(
    _ text: Text, limit: Int, _ organization: OrganizationID?
  ) -> TextColumn.Verdict {
    guard text.count <= limit else { return .refuse(.tooLong) }
    guard !TextRules.hasControls(text) else { return .refuse(.invalidText) }
    return scrubber.scrubbed(text, in: organization).map { .replace($0) } ?? .keep
  }

  private mutating func path(
    _ text: Text, limit: Int, _ organization: OrganizationID?
  ) -> TextColumn.Verdict {
    let path = TextRules.path(text)
    let isCut = path.count < text.count
    if isCut { scrubber.counts[.cutPath] += 1 }
    switch scrub(path, limit: limit, organization) {
    case .keep where isCut: return .replace(String(decoding: path, as: UTF8.self))
    case let verdict: return verdict
    }
  }

  private mutating func address(_ text: Text) -> TextColumn.Verdict {
    guard let address = NetworkAddress(text) else { return .refuse(.invalidAddress) }
    guard rules.anonymizesAddresses else { return .replace(address.text) }
    scrubber.counts[.anonymizedAddress] += 1
    return .replace(address.network.text)
  }

  private mutating func fingerprint(
    _ text: Text, _ domain: String, _ organization: OrganizationID?
  ) -> TextColumn.Verdict {
    guard text.count <= 8_192 else { return .refuse(.tooLong) }
    // What is a hash already, as in a dead letter, stays.
    if TextRules.isPseudonym(text) { return .keep }
    scrubber.counts[domain == "token" ? .hashedToken : .hashedFileName] += 1
    return .replace(
      scrubber.pseudonym(
        of: String(decoding: text, as: UTF8.self), domain: domain, in: organization))
  }

  /// Of whoever is signed in, whatever the record says, which may only say the same.
  private mutating func decodeOwnUser(_ index: Int, _ field: RecordField, _ user: UserID?) {
    guard let user else { return }
    var column = TextColumn(rowCount: batch.rowCount)
    let code = column.append(user.text)
    for row in 0..<batch.rowCount { column.set(row, code: code) }
    let own = Array(user.text.utf8)
    document.visit(index) { row, value in
      guard value.isKind(DAYBOOK_JSON_TEXT), value.text.elementsEqual(own) else {
        return batch.refuse(row, .userMismatch, field.name)
      }
    }
    batch.fields[index] = .text(column)
  }

  // MARK: - All records

  /// `seeds` are those of the fields' hashes.
  mutating func finish(droppedCount: Int, seeds: [UInt64]) {
    scrubber.counts[.neverStored] += droppedCount
    completeTokens()
    for (field, seed) in zip(batch.fields, seeds) {
      field.addHashes(to: &batch.contentHashes, seed: seed)
    }
    batch.counts = scrubber.counts
  }

  /// C21: a total that is absent is computed, one that contradicts is kept and flagged.
  private mutating func completeTokens() {
    guard let place = batch.schema.index("total_tokens") else { return }
    let prompt = batch["prompt_tokens"]
    let completion = batch["completion_tokens"]
    var totals = [Int64](repeating: 0, count: batch.rowCount)
    var validity = [UInt8](repeating: 0, count: batch.rowCount)
    var isPresent = false
    for row in 0..<batch.rowCount {
      let parts = prompt.integer(row)
      let others = completion.integer(row)
      if let total = batch.fields[place].integer(row) {
        totals[row] = total
        validity[row] = 1
        if let parts, let others, parts + others != total {
          scrubber.counts[.conflictingTokens] += 1
        }
      } else if parts != nil || others != nil {
        totals[row] = (parts ?? 0) + (others ?? 0)
        validity[row] = 1
      }
      isPresent = isPresent || validity[row] != 0
    }
    if isPresent { batch.fields[place] = .integers(totals, validity: validity) }
  }
}

extension FieldValues {
  /// Adds what the values are to the hash of each record. The order of the fields does not matter,
  /// and a field without a value adds nothing.
  // Stored on disk: never change.
  fileprivate func addHashes(to hashes: inout [UInt64], seed: UInt64) {
    func mixed(_ word: UInt64) -> UInt64 {
      var mixed = (word ^ seed) &* 0x9E37_79B9_7F4A_7C15
      mixed = (mixed ^ (mixed &>> 32)) &* 0xD6E8_FEB8_6659_FD93
      return mixed ^ (mixed &>> 32)
    }
    switch self {
    case .absent: break
    case .text(let column):
      for row in hashes.indices {
        if let hash = column.storedHash(row) { hashes[row] &+= mixed(hash) }
      }
    case .integers(let values, let validity):
      for row in hashes.indices where validity[row] != 0 {
        hashes[row] &+= mixed(UInt64(bitPattern: values[row]))
      }
    case .doubles(let values, let validity):
      for row in hashes.indices where validity[row] != 0 {
        hashes[row] &+= mixed(values[row].bitPattern)
      }
    case .booleans(let values, let validity):
      for row in hashes.indices where validity[row] != 0 {
        hashes[row] &+= mixed(UInt64(values[row]) &+ 1)
      }
    }
  }
}
