import DaybookClient
import Foundation
import Synchronization

/// A service in memory: answers as it is told, and keeps what came.
final class StubService: Sendable {
  struct Batch: Decodable, Sendable {
    struct Record: Decodable, Sendable {
      var id: String
      var type: String

      init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        id =
          try members.decodeIfPresent(String.self, forKey: .event)
          ?? members.decode(String.self, forKey: .session)
        type = try members.decodeIfPresent(String.self, forKey: .type) ?? ""
      }

      private enum CodingKeys: String, CodingKey {
        case event = "client_event_id"
        case session = "session_id"
        case type = "event_type"
      }
    }

    var stream: String
    var sequence: Int
    var events: [Record]
  }

  /// What to do with the next request; those past the end of the list are stored.
  enum Answer: Sendable {
    case store
    /// Stored, but nobody hears of it.
    case storeAndBreakOff
    case breakOff
    case status(Int, retryAfter: Duration? = nil, body: String = "{}")
    /// By `event_type` of the record: the code that it fails with; others are stored.
    case fail([String: String])
    /// Never.
    case hang
  }

  private struct State {
    var answers: [Answer]
    var bodies: [[UInt8]] = []
    var paths: [String] = []
    var stored: Set<String> = []
    var isDown = false
  }

  private let state: Mutex<State>

  init(_ answers: [Answer] = []) { state = Mutex(State(answers: answers)) }

  var bodies: [[UInt8]] { state.withLock { $0.bodies } }
  var paths: [String] { state.withLock { $0.paths } }
  var stored: Set<String> { state.withLock { $0.stored } }
  func setDown(_ isDown: Bool) { state.withLock { $0.isDown = isDown } }

  func batches() throws -> [Batch] {
    try bodies.map { try JSONDecoder().decode(Batch.self, from: Data($0)) }
  }

  struct Down: Error {}

  func take(_ path: String, _ body: [UInt8]) async throws -> ServiceAnswer {
    let batch = try JSONDecoder().decode(Batch.self, from: Data(body))
    let answer = state.withLock { state -> Answer in
      if state.isDown { return .breakOff }
      state.bodies.append(body)
      state.paths.append(path)
      return state.answers.isEmpty ? .store : state.answers.removeFirst()
    }
    switch answer {
    case .store: return store(batch, failing: [:])
    case .storeAndBreakOff:
      _ = store(batch, failing: [:])
      throw Down()
    case .breakOff: throw Down()
    case .status(let status, let retryAfter, let body):
      return ServiceAnswer(status: status, retryAfter: retryAfter, body: Array(body.utf8))
    case .fail(let codes): return store(batch, failing: codes)
    case .hang:
      try await Task.sleep(for: .seconds(3600))
      throw Down()
    }
  }

  private func store(_ batch: Batch, failing codes: [String: String]) -> ServiceAnswer {
    var accepted: [String] = []
    var duplicates: [String] = []
    var failed: [String] = []
    state.withLock { state in
      for (index, record) in batch.events.enumerated() {
        let id = record.id
        if let code = codes[record.type] {
          failed.append(
            #"{"id":"\#(id)","index":\#(index),"code":"\#(code)","field":null,"message":"no"}"#)
        } else if state.stored.insert(id).inserted {
          accepted.append("\"\(id)\"")
        } else {
          duplicates.append("\"\(id)\"")
        }
      }
    }
    let body =
      #"{"accepted":[\#(accepted.joined(separator: ","))],"#
      + #""duplicates":[\#(duplicates.joined(separator: ","))],"#
      + #""failed":[\#(failed.joined(separator: ","))]}"#
    return ServiceAnswer(status: 200, body: Array(body.utf8))
  }
}
