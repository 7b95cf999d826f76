/// A request with a batch of events, made once: only the ids differ from one to the next, and are written
/// over the old ones, so that the generator takes as little of the machine as can be.
struct Batch {
  private(set) var bytes: [UInt8]
  private var places: [Int] = []
  private let eventCount: Int

  static let idLength = 24

  /// Where it goes: to Daybook, or as the same rows to a ClickHouse.
  enum Target {
    case daybook(key: String)
    case clickHouse

    var head: String {
      switch self {
      case .daybook(let key):
        "POST /api/analytics/events/batch HTTP/1.1\r\nAuthorization: Bearer \(key)\r\n"
      case .clickHouse: "POST /?query=INSERT%20INTO%20events%20FORMAT%20JSONEachRow HTTP/1.1\r\n"
      }
    }

    /// What stands before, between and after the events.
    var punctuation: (String, String, String) {
      switch self {
      case .daybook: ("{\"events\":[", ",", "]}")
      case .clickHouse: ("", "\n", "\n")
      }
    }
  }

  /// `number` tells this sequence of batches from all others; `milliseconds` is the time of the events.
  init(events: Int, to target: Target, number: Int, milliseconds: Int64) {
    eventCount = events
    let (open, between, close) = target.punctuation
    var body = Array(open.utf8)
    var places: [Int] = []
    for index in 0..<events {
      if index > 0 { body += Array(between.utf8) }
      body += Array("{\"client_event_id\":\"".utf8)
      places.append(body.count)
      body += Array(repeating: UInt8(ascii: "0"), count: Self.idLength)
      let user = (index * 7919 + number * 104_729) % 20_000
      let model = ["gpt-4o", "claude-sonnet", "llama-3-70b", "sd-xl"][index % 4]
      body += Array(
        """
        ","ts":\(milliseconds - Int64(index * 37 % 60_000)),"event_type":"chat",\
        "user_id":"user-\(user)","session_id":"session-\(user)-\(index % 5)","feature":"assistant",\
        "model":"\(model)","status":"succeeded","prompt_tokens":\(index * 31 % 4_000),\
        "completion_tokens":\(index * 17 % 900),"cost_usd":0.00\(index % 90 + 10),\
        "duration_ms":\(index * 13 % 5_000),"endpoint":"/api/chat","method":"POST",\
        "status_code":200}
        """.utf8)
    }
    body += Array(close.utf8)
    let head = Array(
      (target.head + "Host: localhost\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.count)\r\n\r\n").utf8)
    bytes = head + body
    self.places = places.map { $0 + head.count }
  }

  /// Gives each event an id that no other has: hexadecimal digits of `number` and a counter.
  mutating func renew(number: Int, batch: Int) {
    for (index, place) in places.enumerated() {
      var value = UInt64(batch) * UInt64(eventCount) + UInt64(index)
      for digit in 0..<16 {
        bytes[place + Self.idLength - 1 - digit] = Self.digits[Int(value & 15)]
        value >>= 4
      }
      var number = UInt64(number)
      for digit in 16..<Self.idLength {
        bytes[place + Self.idLength - 1 - digit] = Self.digits[Int(number & 15)]
        number >>= 4
      }
    }
  }

  private static let digits = Array("0123456789abcdef".utf8)
}
