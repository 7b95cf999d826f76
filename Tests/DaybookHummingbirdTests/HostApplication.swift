import DaybookClient
import DaybookHummingbird
import Hummingbird
import Synchronization

/// An application like those that embed the client: a gallery, a list of videos, and something that makes
/// content, over a store of its own.
struct HostApplication {
  /// Its tables, as a small database has them.
  final class HostStore: Sendable {
    private struct Table {
      var columns: [(name: String, type: String)]
      var rows: [[String]]
    }

    private let tables: Mutex<[String: Table]>

    init() {
      func table(_ name: String) -> Table {
        Table(
          columns: [
            ("id", "INTEGER PRIMARY KEY"), ("title", "TEXT NOT NULL"),
            ("created_at", "TEXT DEFAULT CURRENT_TIMESTAMP"),
          ],
          rows: (1...12).map { ["\($0)", "\(name) \($0)", "2026-01-\($0 < 10 ? "0" : "")\($0)"] })
      }
      tables = Mutex(["images": table("image"), "videos": table("video")])
    }

    /// The newest first.
    func list(_ name: String, limit: Int) -> [(id: String, title: String)] {
      tables.withLock { tables in
        (tables[name]?.rows ?? []).reversed().prefix(limit).map { ($0[0], $0[1]) }
      }
    }

    func add(_ title: String, to name: String) -> String {
      tables.withLock { tables in
        let id = "\((tables[name]?.rows.count ?? 0) + 1)"
        tables[name]?.rows.append([id, title, "2026-02-01"])
        return id
      }
    }

    /// As `sqlite3 host.db .dump` would.
    var dump: String {
      tables.withLock { tables in
        tables.sorted { $0.key < $1.key }.map { name, table in
          let columns = table.columns.map { "\($0.name) \($0.type)" }.joined(separator: ", ")
          let rows = table.rows.map { "INSERT INTO \(name) VALUES(\($0.joined(separator: ",")));" }
          return (["CREATE TABLE \(name) (\(columns));"] + rows).joined(separator: "\n")
        }.joined(separator: "\n")
      }
    }
  }

  let store = HostStore()

  /// `nil`: as it is without Daybook.
  func router(_ client: DaybookClient?) -> Router<HostContext> {
    let store = store
    let router = Router(context: HostContext.self)
    if let client { router.add(middleware: DaybookMiddleware(client: client)) }
    for (path, table) in [("gallery", "images"), ("video", "videos")] {
      router.get("/api/\(path)") { request, _ -> Response in
        let limit = request.uri.queryParameters["limit"].flatMap { Int($0) } ?? 20
        guard (1...100).contains(limit) else { throw HTTPError(.badRequest, message: "limit") }
        let items = store.list(table, limit: limit)
          .map { #"{"id":\#($0.id),"title":"\#($0.title)"}"# }
        return Self.json(#"{"items":[\#(items.joined(separator: ","))]}"#)
      }
    }
    router.post("/api/content") { request, context -> Response in
      let title = String(buffer: try await request.body.collect(upTo: 1000))
      let id = store.add(title, to: "images")
      context.daybook.update { $0.model = "diffusion-2" }
      return Self.json(#"{"id":\#(id)}"#, .created)
    }
    router.get("/gallery") { _, _ in
      Response(
        status: .ok, headers: [.contentType: "text/html"],
        body: ResponseBody { writer in
          for part in ["<html>", "<body>gallery</body>", "</html>"] {
            try await writer.write(ByteBuffer(string: part))
          }
          try await writer.finish(nil)
        })
    }
    return router
  }

  private static func json(_ text: String, _ status: HTTPResponse.Status = .ok) -> Response {
    Response(
      status: status, headers: [.contentType: "application/json"],
      body: .init(byteBuffer: ByteBuffer(string: text)))
  }
}
