import ArgumentParser
import ColumnStore
import Engine
import Foundation
import Ingestion

/// Answers one request after another, so that another program can take turns with it.
///
/// A request is a JSON object on a line: `{"load": FILE, "into": TABLE}`, `{"drop": TABLE}`,
/// `{"query": SQL}`, with `"rows": true` to see the answer and
/// `"cached": true` to use what earlier queries have left, or `{"memory": TABLE}`. So is a reply, with
/// `error` or `milliseconds`.
struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Load files and answer queries as standard input asks for it.")

  @Option(help: "Threads per query and load.")
  var threads = 2

  func run() throws {
    let store = Store()
    let server = Server(
      store: store, engine: Engine(store: store, threads: threads), threads: threads)
    while let line = readLine() {
      var reply: Reply
      do {
        reply = try server.answer(JSONDecoder().decode(Request.self, from: Data(line.utf8)))
      } catch {
        reply = Reply()
        reply.error = "\(error)"
      }
      print(String(decoding: try JSONEncoder().encode(reply), as: UTF8.self))
      fflush(nil)
    }
  }
}

private struct Request: Decodable {
  var load: String?
  var into: String?
  var drop: String?
  var query: String?
  var rows: Bool?
  var cached: Bool?
  var memory: String?
}

private struct Reply: Encodable {
  var error: String?
  var milliseconds: Double?
  var rowCount: Int?
  /// `nil` is null.
  var rows: [[String?]]?
  var bytes: Int?
}

private struct Server {
  let store: Store
  let engine: Engine
  let threads: Int

  func answer(_ request: Request) throws -> Reply {
    var reply = Reply()
    if let file = request.load {
      var options = LoadOptions()
      options.threads = threads
      let report = try Loader(store: store, options: options)
        .load([.path(file)], into: request.into ?? "events")
      reply.milliseconds = report.elapsed.milliseconds
      reply.rowCount = report.rows
    } else if let table = request.drop {
      try store.dropTable(table)
      reply.milliseconds = 0
    } else if let sql = request.query {
      var session = Session()
      session.usesPartialCache = request.cached ?? false
      let result = try engine.execute(sql, in: &session)
      reply.milliseconds = result.statistics.elapsed.milliseconds
      reply.rowCount = result.rowCount
      if request.rows == true { reply.rows = result.rows.map { $0.map(text) } }
    } else if request.memory != nil {
      let footprint = Footprint(store.catalog())
      reply.bytes = footprint.tableBytes + footprint.dictionaryBytes
    }
    return reply
  }

  /// Numbers and texts as they are, times as milliseconds since 1970.
  private func text(_ value: Value) -> String? {
    switch value {
    case .null: nil
    case .boolean(let value): "\(value)"
    case .integer(let value), .timestamp(let value), .timestampWithTimeZone(let value),
      .date(let value):
      "\(value)"
    case .double(let value): "\(value)"
    case .text(let value), .json(let value): value
    default: "\(value)"
    }
  }
}
