internal import AccessControl
internal import Authentication
internal import CSimdJSON
internal import CXXHash
internal import ColumnStore
internal import Ingestion

/// Turns bodies of one kind of record into columns. Used by one thread at a time.
final class RecordDecoder {
  let schema: RecordSchema
  private let rules: IntakeRules
  private let document: RecordDocument
  private let fieldSeeds: [UInt64]
  private let closest: ClosestName

  init(_ kind: IntakeKind, _ rules: IntakeRules) {
    schema = RecordSchema.of(kind)
    self.rules = rules
    document = RecordDocument(schema, depth: rules.limits.depth)
    // Stored as part of the content's hash: made of names, which stay.
    fieldSeeds = schema.fields.map { field in
      var name = field.name
      return name.withUTF8 { XXH3_64bits($0.baseAddress, $0.count) }
    }
    closest = ClosestName(schema.fields.map(\.name))
  }

  func decode(
    _ body: UnsafeBufferPointer<UInt8>, from emitter: Emitter, at now: Int64,
    resources: ResourceDirectory
  ) throws(IntakeRefusal) -> DecodedBatch {
    let limits = rules.limits
    guard body.count <= limits.bodyByteCount else {
      throw IntakeRefusal(.tooLarge, "the body has more than \(limits.bodyByteCount) bytes")
    }
    do throws(RecordDocument.Malformed) {
      try document.read(body, recordLimit: limits.recordCount)
    } catch {
      throw IntakeRefusal(.malformed, error.reason, position: error.position)
    }
    guard document.count <= limits.recordCount else {
      throw IntakeRefusal(.tooMany, "a batch has at most \(limits.recordCount) records")
    }
    var batch = DecodedBatch(schema, rowCount: document.count)
    batch.isBatch = document.isBatch
    if schema.kind.isProfile {
      for (index, field) in schema.fields.enumerated() {
        batch.cleared[field.column] = document.nulls(index)
      }
    }
    try readEnvelope(into: &batch)
    var decoding = BatchDecoding(
      batch: batch, document: document, scrubber: Scrubber(rules.pseudonymizer), rules: rules,
      now: now)
    for complaint in document.complaints {
      let row = Int(complaint.record)
      switch Int(complaint.kind) {
      case DAYBOOK_JSON_NO_OBJECT: decoding.batch.refuse(row, .notAnObject)
      case DAYBOOK_JSON_REPEATED_NAME: decoding.batch.refuse(row, .repeatedField)
      default:
        let name = UnsafeBufferPointer(start: complaint.name, count: complaint.name_count)
        decoding.batch.refuse(row, .unknownField, closest.name(to: name))
      }
    }
    for row in 0..<document.count where document.byteCount(of: row) > limits.recordByteCount {
      decoding.batch.refuse(row, .recordTooLarge)
    }
    decoding.decodeOrganizations(emitter, resources)
    for index in schema.fields.indices where schema.fields[index].type != .organization {
      decoding.decode(index, emitter: emitter)
    }
    if emitter.user != nil, schema.kind == .event { decoding.refuseWhatPeopleMayNotSay() }
    if let client = emitter.client, schema.kind == .login { decoding.decodeConnection(client) }
    decoding.finish(droppedCount: document.droppedCount, seeds: fieldSeeds)
    return decoding.batch
  }

  private func readEnvelope(into batch: inout DecodedBatch) throws(IntakeRefusal) {
    guard document.isBatch else { return }
    for member in document.envelope {
      let name = String(decoding: member.nameText, as: UTF8.self)
      let value = member.value
      switch name {
      case "sequence", "batch_sequence", "batchSequence":
        guard value.isKind(DAYBOOK_JSON_INTEGER), value.integer >= 0, value.integer < 1 << 53 else {
          throw IntakeRefusal(.invalidEnvelope, "'sequence' is not a whole number from 0 on")
        }
        batch.sequence = value.integer
      case "stream", "stream_id", "streamId":
        guard value.isKind(DAYBOOK_JSON_TEXT),
          let stream = Identifier(String(decoding: value.text, as: UTF8.self)),
          stream.text.utf8.count <= 64
        else {
          throw IntakeRefusal(.invalidEnvelope, "'stream' is not a text of 1 to 64 bytes")
        }
        batch.stream = stream.text
      case "sent_at", "sentAt":
        // Part of what many senders give; nothing is made of it, since clocks differ.
        continue
      default:
        throw IntakeRefusal(
          .invalidEnvelope,
          "beside its records a batch may have 'sequence', 'stream' and 'sent_at', and nothing else"
        )
      }
    }
  }
}

/// Finds the field that somebody meant.
struct ClosestName {
  private let names: [[UInt8]]

  init(_ names: [String]) { self.names = names.map { Array($0.utf8) } }

  /// `nil` where none is within two changes: names from outside are never repeated.
  func name(to text: UnsafeBufferPointer<UInt8>) -> String? {
    guard text.count <= 64 else { return nil }
    let word = Array(text)
    var best: (distance: Int, name: [UInt8])?
    for name in names where abs(name.count - word.count) <= 2 {
      let distance = Self.distance(word, name)
      if distance <= 2, distance < (best?.distance ?? 3) { best = (distance, name) }
    }
    return best.map { String(decoding: $0.name, as: UTF8.self) }
  }

  /// Levenshtein's.
  private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
    var row = Array(0...right.count)
    for (place, byte) in left.enumerated() {
      var diagonal = row[0]
      row[0] = place + 1
      for column in right.indices {
        let changed = diagonal + (right[column] == byte ? 0 : 1)
        diagonal = row[column + 1]
        row[column + 1] = min(changed, min(row[column], row[column + 1]) + 1)
      }
    }
    return row[right.count]
  }
}
