import AccessControl
import ArgumentParser
import Authentication
import Glibc
import HTTPServer
import Persistence
import QueryPlanning
import ServiceSetup

/// Tokens for local use: where others issue them, the service only needs their keys.
struct TokenCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token", abstract: "Make tokens for local use.",
    subcommands: [TokenIssueCommand.self])
}

struct TokenIssueCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "issue",
    abstract: "Make a token, signed with the configured key or that of the data folder.",
    discussion: """
      The token goes to standard output, and nothing else does.

      Examples:
        daybook token issue --user me --role platform_admin
        token=$(daybook token issue --user ann --role admin --organization acme)
        curl -H "Authorization: Bearer $token" \\
          http://127.0.0.1:8080/api/dashboard/health/
      """)

  @OptionGroup var options: ServiceOptions

  @Option(help: ArgumentHelp("Whose token it is.", valueName: "name"))
  var user: String

  @Option(
    help: ArgumentHelp(
      "One of \(Role.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "role"))
  var role: String

  @Option(
    name: .customLong("organization"),
    help: ArgumentHelp(
      "An organisation that the user belongs to. May be repeated.", valueName: "name"))
  var organizations: [String] = []

  @Option(help: ArgumentHelp("How long it holds: 15min, 8h, 1d.", valueName: "time"))
  var expires = "8h"

  func run() throws {
    let configuration = try options.configuration()
    guard let user = UserID(user) else {
      throw CommandFailure("--user must be \(Identifier.allowed)")
    }
    guard let role = Role(rawValue: role) else {
      throw CommandFailure(
        "there is no role '\(role)'",
        hint: "one of \(Role.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    let names = organizations.compactMap(OrganizationID.init)
    guard names.count == organizations.count else {
      throw CommandFailure("--organization must be \(Identifier.allowed)")
    }
    guard let milliseconds = SettingQuantity.milliseconds(expires, upTo: .max), milliseconds > 0
    else {
      throw CommandFailure("--expires is '\(expires)', which is no time such as 15min, 8h or 1d")
    }
    let keys = TokenKeyFiles(configuration)
    let longest = keys.rules.longestLifetime
    guard milliseconds >= 1000, .milliseconds(milliseconds) <= longest else {
      throw CommandFailure(
        "--expires is '\(expires)', and a token holds from 1s to "
          + SettingQuantity.text(milliseconds: longest.components.seconds * 1000),
        hint: "the setting token.longest_lifetime_seconds allows other times, at most 31 days")
    }
    if !keys.isConfigured, !SmallFile.exists(keys.localKey) {
      throw CommandFailure(
        "there is no key to sign with: none is configured, and '\(keys.localKey)' does not exist",
        hint: "daybook serve makes that file when it starts for the first time")
    }
    if names.isEmpty,
      AccessTable.standard.reach(of: role, for: .readAnalytics) == .ownOrganizations
    {
      StandardError.write(
        """
        warning: without --organization this token is of no organisation, and the role \(role.rawValue) sees nothing with it
        hint: --organization NAME, which may be repeated\n
        """)
    }
    let issuer = try Blocking.run { try await keys.issuer() }
    let environment = ServiceEnvironment.real
    let id = RequestID(environment).text
    do {
      let token = try issuer.issue(
        user: user, role: role, organizations: Set(names), lifetime: .milliseconds(milliseconds),
        id: id, at: environment.now())
      var output = ByteOutput(STDOUT_FILENO)
      try output.write(token.expose() + [10])
      try output.flush()
    } catch let error as TokenIssuer.Failure {
      throw CommandFailure("\(error)")
    }
  }
}
