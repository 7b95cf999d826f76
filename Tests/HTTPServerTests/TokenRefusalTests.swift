import AccessControl
import Authentication
import HTTPServer
import Testing

struct TokenRefusalTests {
  private static func part(_ json: String) -> String { Base64URL.encode(json.utf8) }

  @Test func `forged tokens are refused alike, and the log says why`() async throws {
    try await TestService.run { service in
      let good = try service.token(.platformAdmin, organizations: ["acme"])
      let parts = good.split(separator: ".").map { String($0) }
      let claims =
        #"{"iss":"daybook","aud":"daybook","sub":"ann","role":"superadmin","exp":9999999999}"#
      let forged = [
        Self.part(#"{"alg":"none","typ":"JWT"}"#) + "." + parts[1] + ".",
        Self.part(#"{"alg":"none","typ":"JWT"}"#) + "." + Self.part(claims) + ".AAAA",
        parts[0] + "." + Self.part(claims) + "." + parts[2],
        parts[0] + "." + parts[1] + "." + parts[2].dropLast()
          + (parts[2].hasSuffix("A") ? "Q" : "A"),
        parts[0] + "." + parts[1], good + ".x", "x", good + " " + good,
        Self.part(#"{"alg":"RS256","typ":"JWT"}"#) + "." + parts[1] + "." + parts[2],
        Self.part(#"{"alg":"HS256","typ":"JWT","kid":"../../etc/passwd"}"#) + "." + parts[1] + "."
          + parts[2],
        Self.part(#"{"alg":"HS256","typ":"JWT","jwk":{}}"#) + "." + parts[1] + "." + parts[2],
        String(repeating: "a", count: 8000),
      ]
      for token in forged {
        let answer = try await service.ask("GET", "/metrics", token: token)
        #expect(answer.status == 401)
        #expect(answer["www-authenticate"]?.hasPrefix("Bearer") == true)
        #expect(answer.body.contains("\"code\":\"token_refused\""))
        #expect(answer.body.contains("invalid token"))
      }
      for header in ["Basic \(good)", good, "Bearer", "bearer"] {
        let answer = try await service.ask(
          "GET", "/metrics", headers: ["Authorization: \(header)"])
        #expect(answer.status == 401, "\(header.prefix(10))")
      }
      let twice = try await service.ask(
        "GET", "/metrics", headers: ["Authorization: Bearer \(good)", "Authorization: Bearer x"])
      #expect(twice.status == 401)
      #expect(try await service.ask("GET", "/metrics", token: good).status == 200)
      #expect(service.log.text.contains("a token was refused"))
      for secret in [good, parts[1], parts[2], TestService.secret] {
        #expect(!service.log.text.contains(secret))
      }
    }
  }
}
