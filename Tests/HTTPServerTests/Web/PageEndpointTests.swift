import Authentication
import Foundation
import HTTPServer
import Testing

/// The dashboard's files, over a socket.
@Suite struct PageEndpointTests {
  private static let site = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Sources/WebPages/site")

  @Test func `the binary has every file of the site as it is`() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Self.site.path())
    #expect(Set(WebFiles.bytes.keys) == Set(names), "Sources/WebPages/pages.c lists them")
    for name in names {
      let bytes = Array(try Data(contentsOf: Self.site.appending(path: name)))
      let isSame = WebFiles.bytes[name] == bytes
      #expect(isSame, "\(name)")
    }
  }

  static let pages = [
    "/", "/overview", "/activity", "/requests", "/users", "/users/u%201", "/cost", "/feedback",
    "/audit", "/live", "/query", "/system", "/me", "/sign-in",
    "/overview?range=30d&role=admin&x=%3Cb%3E",
    "/users/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
  ]

  @Test func `every page is the same file, whatever its path and state`() async throws {
    try await TestService.run { service in
      for path in Self.pages {
        let answer = try await service.ask("GET", path)
        #expect(answer.status == 200, "\(path)")
        let isIndex = Array(answer.body.utf8) == WebFiles.page
        #expect(isIndex, "\(path)")
        #expect(answer["content-type"] == "text/html; charset=utf-8")
        #expect(answer["cache-control"] == "no-cache")
        #expect(answer["x-content-type-options"] == "nosniff")
        #expect(answer["referrer-policy"] == "no-referrer")
        #expect(answer["cross-origin-resource-policy"] == "same-origin")
        #expect(answer["cross-origin-opener-policy"] == "same-origin")
        #expect(answer["x-frame-options"] == "DENY")
        let policy = (answer["content-security-policy"] ?? "").split(separator: "; ")
        #expect(policy.first == "default-src 'none'")
        #expect(policy.contains("script-src 'self'") && policy.contains("connect-src 'self'"))
        #expect(policy.contains("base-uri 'none'") && policy.contains("frame-ancestors 'none'"))
        #expect(!policy.contains { $0.contains("unsafe") || $0.contains("http") })
      }
      for path in ["/overview//", "/nothing", "/users/a/b", "/index.html"] {
        #expect(try await service.ask("GET", path).status == 404, "\(path)")
      }
      #expect(try await service.ask("POST", "/overview", body: "").status == 405)
    }
  }

  @Test func `a browser that asks for no page gets the frame, and a program a problem`()
    async throws
  {
    try await TestService.run { service in
      let html = ["Accept: text/html,application/xhtml+xml,*/*;q=0.8"]
      for path in ["/nothing", "/users/a/b", "/overview/x?range=7d"] {
        let answer = try await service.ask("GET", path, headers: html)
        #expect(answer.status == 404, "\(path)")
        let isIndex = Array(answer.body.utf8) == WebFiles.page
        #expect(isIndex, "\(path)")
        #expect(answer["content-type"] == "text/html; charset=utf-8")
        #expect(answer["cache-control"] == "no-store")
        #expect(answer["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
      }
      for path in ["/api/nothing", "/assets/nothing.js"] {
        let answer = try await service.ask("GET", path, headers: html)
        #expect(answer.status == 404, "\(path)")
        #expect(answer["content-type"] == "application/problem+json", "\(path)")
      }
      #expect(try await service.ask("POST", "/nothing", headers: html, body: "").status == 404)
    }
  }

  @Test func `a page runs no script and has no style in its text`() throws {
    let page = String(decoding: try #require(WebFiles.bytes["index.html"]), as: UTF8.self)
    #expect(page.firstMatch(of: /<script(?![^>]*\ssrc=")/) == nil)
    #expect(page.firstMatch(of: /\s(on[a-z]+|style)=/) == nil)
    #expect(!page.contains("<style") && !page.contains("javascript:"))
    // Nothing is fetched from elsewhere: names of XML's languages are no addresses.
    for (name, bytes) in WebFiles.bytes {
      let text = String(decoding: bytes, as: UTF8.self)
        .replacing("http://www.w3.org/", with: "")
      #expect(text.firstMatch(of: /https?:\/\/[a-z]/) == nil, "\(name)")
    }
  }

  @Test func `assets say what they are, and are compressed once`() async throws {
    try await TestService.run { service in
      for (name, bytes) in WebFiles.bytes {
        let path = "/assets/\(name)"
        let plain = try await service.ask("GET", path)
        #expect(plain.status == 200)
        let isSame = Array(plain.body.utf8) == bytes
        #expect(isSame, "\(name)")
        #expect(plain["content-encoding"] == nil)
        #expect(plain["vary"] == "Accept-Encoding")
        #expect(plain["cache-control"] == "no-cache")
        #expect(plain["content-type"]?.hasPrefix(Self.type(name)) == true, "\(name)")
        let head = try await service.ask("HEAD", path)
        #expect(head.body.isEmpty && head["content-length"] == "\(bytes.count)")
        let packed = try await service.ask(
          "GET", path, headers: ["Accept-Encoding: br, gzip;q=0.8"])
        #expect(packed["etag"] != plain["etag"] || packed["content-encoding"] == nil, "\(name)")
      }
      #expect(try await service.ask("GET", "/favicon.ico")["content-type"] == "image/svg+xml")
      for name in ["nothing.js", "..%2f..%2fetc%2fpasswd", "pages.c", "%00", "vendor"] {
        #expect([400, 404, 422].contains(try await service.ask("GET", "/assets/\(name)").status))
        let vendor = try await service.ask("GET", "/assets/vendor/\(name)")
        #expect([400, 404, 422].contains(vendor.status))
      }
    }
  }

  private static func type(_ name: String) -> String {
    ["js": "text/javascript", "css": "text/css", "html": "text/html", "svg": "image/svg+xml"][
      String(name.split(separator: ".").last ?? "")] ?? "application/"
  }

  @Test func `what a browser still has is not sent again`() async throws {
    try await TestService.run { service in
      let first = try await service.ask("GET", "/assets/index.html")
      let tag = try #require(first["etag"])
      #expect(tag.hasPrefix("\"") && tag.hasSuffix("\""))
      for names in [tag, "W/\(tag)", "\"other\", \(tag)", "*"] {
        let again = try await service.ask(
          "GET", "/assets/index.html", headers: ["If-None-Match: \(names)"])
        #expect(again.status == 304, "\(names)")
        #expect(again.body.isEmpty)
        #expect(again["etag"] == tag)
        #expect(again["cache-control"] == "no-cache" && again["vary"] == "Accept-Encoding")
        #expect(again["content-type"] == nil && again["content-length"] == nil)
      }
      for names in ["\"other\"", "", tag.dropLast() + "x\""] {
        let again = try await service.ask(
          "GET", "/assets/index.html", headers: ["If-None-Match: \(names)"])
        #expect(again.status == 200)
      }
      let overview = try #require(try await service.ask("GET", "/overview")["etag"])
      let page = try await service.ask("GET", "/overview", headers: ["If-None-Match: \(overview)"])
      #expect(page.status == 304)
      #expect(page["content-security-policy"]?.contains("script-src 'self'") == true)
    }
  }

  @Test
  func
    `files of the version that a page names are kept for good, and those of others are not there`()
    async throws
  {
    let page = String(decoding: WebFiles.page, as: UTF8.self)
    let names = page.matches(of: /"\/assets\/([^"]+)"/).map { String($0.1) }
    #expect(
      Set(names.map { $0.split(separator: "/").last }) == [
        "begin.js", "icon.svg", "all.css", "all.js",
      ])
    try await TestService.run { service in
      for name in names {
        let answer = try await service.ask("GET", "/assets/\(name)")
        #expect(answer.status == 200, "\(name)")
        #expect(name.hasPrefix(WebFiles.version + "/"), "\(name)")
        #expect(answer["cache-control"] == "private, max-age=31536000, immutable")
        #expect(answer["cross-origin-resource-policy"] == "same-origin")
      }
      for version in ["0", WebFiles.version + "0", "%00", ".."] {
        let answer = try await service.ask("GET", "/assets/\(version)/app.js")
        #expect([404, 422].contains(answer.status), "\(version)")
        #expect(answer["cache-control"]?.contains("immutable") != true, "\(version)")
      }
      for name in ["nothing.js", "all.js"] {
        let path = name == "all.js" ? "/assets/all.js" : "/assets/\(WebFiles.version)/\(name)"
        #expect(try await service.ask("GET", path).status == 404)
      }
      // One that comes later imports those of the bundle by their own names.
      let passing = try await service.ask("GET", "/assets/\(WebFiles.version)/dom.js").body
      #expect(passing.hasPrefix("import {$dom} from './all.js';\nexport const {h, "))
      let later = try await service.ask("GET", "/assets/\(WebFiles.version)/page-cost.js").body
      #expect(Array(later.utf8) == WebFiles.bytes["page-cost.js"])
    }
  }

  @Test func `libraries come from where their packages put them, or it says what to install`()
    async throws
  {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    try FileManager.default.createDirectory(
      at: folder.appending(path: "chart.js"), withIntermediateDirectories: true)
    let path = folder.path()
    try await TestService.run(settings: [("--web-assets", path)]) { service in
      let missing = try await service.ask("GET", "/assets/vendor/chart.js")
      #expect(missing.status == 404)
      #expect(missing["hint"]?.text == "apt install libjs-chart.js libjs-codemirror")
      #expect(!missing.body.contains(path))
      // It need not be started again once they are there.
      let script = String(repeating: "var Chart = 1;\n", count: 100)
      try script.write(toFile: path + "/chart.js/chart.min.js", atomically: true, encoding: .utf8)
      let found = try await service.ask("GET", "/assets/vendor/chart.js")
      #expect(found.status == 200)
      #expect(found.body == script)
      #expect(found["content-type"] == "text/javascript; charset=utf-8")
      #expect(found["cache-control"] == "private, max-age=3600")
      let packed = try await service.ask(
        "GET", "/assets/vendor/chart.js", headers: ["Accept-Encoding: gzip"])
      #expect(packed["content-encoding"] == "gzip")
      #expect(packed["content-length"].flatMap { Int($0) } ?? 9999 < 100)
      #expect(packed["etag"] != found["etag"])
      // A folder, or nothing at all, in the place of a file.
      try FileManager.default.createDirectory(
        atPath: path + "/codemirror/lib/codemirror.js", withIntermediateDirectories: true)
      try Data().write(to: URL(filePath: path + "/codemirror/lib/codemirror.css"))
      for name in ["codemirror.js", "codemirror.css"] {
        #expect(try await service.ask("GET", "/assets/vendor/\(name)").status == 404)
      }
    }
  }
}
