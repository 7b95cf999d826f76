package import AccessControl
internal import Authentication

/// One message: an object of JSON.
public struct WebhookMessage: Sendable, Equatable {
  /// The same for every attempt, so that a receiver can tell a second one.
  public var id: String
  /// `alert`, `weekly_report`: the header `Daybook-Event`.
  public var event: String
  public var body: [UInt8]

  public init(id: String, event: String, body: [UInt8]) {
    self.id = id
    self.event = event
    self.body = body
  }
}

extension WebhookMessage {
  /// `t=1768478400,v1=...`: the time of the attempt in seconds since 1970, and the HMAC-SHA256 of that
  /// time, a dot and the body. Who receives it computes the same, and refuses times that are long past.
  package func signature(at time: UnixTime, secret: Secret) -> String {
    let seconds = time.milliseconds / 1000
    let code = MessageCode.text(of: Array("\(seconds).".utf8) + body, key: secret)
    return "t=\(seconds),v1=\(code)"
  }

  func headers(at time: UnixTime, secret: Secret) -> [(name: String, value: String)] {
    [
      ("Content-Type", "application/json"), ("User-Agent", "Daybook"),
      ("Daybook-Event", event), ("Daybook-Delivery", id),
      ("Daybook-Signature", signature(at: time, secret: secret)),
    ]
  }
}
