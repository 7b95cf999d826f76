/// What a request of OTLP says in records of Daybook.
public struct TelemetryTranslation: Sendable {
  /// A body of records of kind `event`.
  public private(set) var body: [UInt8] = []
  public private(set) var recordCount = 0
  /// Spans or log records that Daybook has no use for: no mistake of anybody.
  public private(set) var ignoredCount = 0
  /// Spans or log records that are broken.
  public private(set) var rejectedCount = 0
  /// What is wrong with the first of them.
  public private(set) var rejection: String?

  private var writer = RecordWriter()

  /// The body of `POST /v1/traces`: an `ExportTraceServiceRequest`.
  public init(traces body: [UInt8], rootLimit: Int = 10_000) throws(TelemetryRefusal) {
    let document = try TelemetryDocument(
      body, root: "resourceSpans", fields: ["resource", "scopeSpans"], rootLimit: rootLimit)
    document.withRoots { fields in
      let base = Facts(resource: fields[0])
      for scope in fields[1].elements {
        guard let spans = scope["spans"] else { continue }
        for span in spans.elements { translate(span: span, base) }
      }
    }
    end()
  }

  /// The body of `POST /v1/logs`: an `ExportLogsServiceRequest`.
  public init(logs body: [UInt8], rootLimit: Int = 10_000) throws(TelemetryRefusal) {
    let document = try TelemetryDocument(
      body, root: "resourceLogs", fields: ["resource", "scopeLogs"], rootLimit: rootLimit)
    document.withRoots { fields in
      let base = Facts(resource: fields[0])
      for scope in fields[1].elements {
        guard let records = scope["logRecords"] else { continue }
        for record in records.elements { translate(log: record, base) }
      }
    }
    end()
  }

  private mutating func end() {
    body = writer.finish()
    recordCount = writer.recordCount
  }

  mutating func ignore() { ignoredCount += 1 }

  mutating func reject(_ reason: String) {
    rejectedCount += 1
    if rejection == nil { rejection = reason }
  }

  mutating func write(_ facts: Facts, _ body: (inout RecordWriter) -> Void) {
    writer.begin(facts)
    body(&writer)
    writer.droppedContent(facts.contentCount)
    writer.metadata(facts)
    writer.end()
  }
}
