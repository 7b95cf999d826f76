import Foundation
import OpenTelemetry
import Testing

/// A translation, with its records taken apart.
struct Translated {
  let translation: TelemetryTranslation
  let records: [[String: Any]]

  init(traces text: String) throws {
    try self.init(try TelemetryTranslation(traces: Array(text.utf8)))
  }

  init(logs text: String) throws {
    try self.init(try TelemetryTranslation(logs: Array(text.utf8)))
  }

  private init(_ translation: TelemetryTranslation) throws {
    self.translation = translation
    let json = try JSONSerialization.jsonObject(with: Data(translation.body)) as? [String: Any]
    records = try #require(json?["events"] as? [[String: Any]])
    #expect(records.count == translation.recordCount)
  }

  var record: [String: Any] {
    get throws {
      #expect(records.count == 1)
      return try #require(records.first)
    }
  }
}

/// Requests as SDKs send them.
enum Sample {
  /// An attribute: text, whole number, number, truth or list of texts.
  static func attribute(_ key: String, _ value: Any) -> String {
    func any(_ value: Any) -> String {
      switch value {
      case let text as String: #"{"stringValue":"\#(text)"}"#
      case let flag as Bool: #"{"boolValue":\#(flag)}"#
      // 64 bits are texts in the JSON of Protocol Buffers.
      case let number as Int: #"{"intValue":"\#(number)"}"#
      case let number as Double: #"{"doubleValue":\#(number)}"#
      case let list as [String]:
        #"{"arrayValue":{"values":[\#(list.map(any).joined(separator: ","))]}}"#
      default: "{}"
      }
    }
    return #"{"key":"\#(key)","value":\#(any(value))}"#
  }

  static func attributes(_ values: KeyValuePairs<String, Any>) -> String {
    "[\(values.map { attribute($0.key, $0.value) }.joined(separator: ","))]"
  }

  static let trace = "5b8efff798038103d269b633813fc60c"
  static let span = "eee19b7ec3c1b174"

  static func span(
    kind: String = "3", status: String = "{}", more: String = "", trace: String = trace,
    span: String = span, _ values: KeyValuePairs<String, Any>
  ) -> String {
    #"{"traceId":"\#(trace)","spanId":"\#(span)","parentSpanId":"","flags":257,"#
      + #""name":"chat gpt-4.1","kind":\#(kind),"startTimeUnixNano":"1790000000000000000","#
      + #""endTimeUnixNano":"1790000001234500000","attributes":\#(attributes(values)),"#
      + #""droppedAttributesCount":0,"events":[],"droppedEventsCount":0,"links":[],"#
      + #""droppedLinksCount":0,"status":\#(status)\#(more)}"#
  }

  static func traces(_ spans: String..., resource: KeyValuePairs<String, Any> = [:]) -> String {
    #"{"resourceSpans":[{"resource":{"attributes":\#(attributes(resource)),"droppedAttributesCount":0},"#
      + #""scopeSpans":[{"scope":{"name":"@opentelemetry/instrumentation-openai","version":"0.9.0","#
      + #""attributes":[]},"spans":[\#(spans.joined(separator: ","))]}],"#
      + #""schemaUrl":"https://opentelemetry.io/schemas/1.41.0"}]}"#
  }

  static func log(_ name: String, more: String = "", _ values: KeyValuePairs<String, Any>) -> String
  {
    #"{"timeUnixNano":"1790000001000000000","observedTimeUnixNano":"1790000001000500000","#
      + #""severityNumber":9,"severityText":"INFO","eventName":"\#(name)","#
      + #""body":{"stringValue":"never stored"},"attributes":\#(attributes(values)),"#
      + #""droppedAttributesCount":0\#(more)}"#
  }

  static func logs(_ records: String..., resource: KeyValuePairs<String, Any> = [:]) -> String {
    #"{"resourceLogs":[{"resource":{"attributes":\#(attributes(resource))},"scopeLogs":[{"scope":{},"#
      + #""logRecords":[\#(records.joined(separator: ","))]}]}]}"#
  }
}
