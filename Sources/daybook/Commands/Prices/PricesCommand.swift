import AccessControl
import ArgumentParser
import Authentication
import ColumnStore
import Engine
@preconcurrency import Glibc
import HTTPServer
import Persistence
import Platform
import Pricing

/// What tokens and resources cost.
struct PricesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prices",
    abstract: "List and change what tokens and resources cost.",
    discussion: """
      Each price is in force from a time on, until the next one of the same model or resource. Costs are \
      estimates, in US dollars: per 1,000,000 tokens, per GPU hour, per GB and month, per 1,000 requests. \
      Events that are stored keep their cost.

      While `daybook serve` runs on the folder, it alone changes them: PUT /api/admin/prices.
      """,
    subcommands: [
      PricesListCommand.self, PricesSetCommand.self, PricesImportCommand.self,
      PricesRemoveCommand.self,
    ])
}

struct PricesListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List all prices, by model and resource.")

  @OptionGroup var options: ServiceOptions

  @Flag(help: "As JSON, which `import` reads.")
  var json = false

  func run() throws {
    let data = try ServiceOptions.dataOptions(try options.configuration())
    let database = try data.open("prices list")
    let book = try database.close(
      after: Result { try PriceList.book(in: database.store.catalog()) })
    var output = ByteOutput(STDOUT_FILENO)
    try output.write(Array((json ? PriceText.json(book) : PriceText.table(book)).utf8))
    try output.flush()
  }
}

struct PricesSetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "set", abstract: "Set the price of a model's tokens, or the rate of a resource.",
    discussion: """
      Examples:
        daybook prices set --model iris-2 --prompt 0.15 --completion 0.60 \\
          --from 2026-01-01
        daybook prices set --resource gpu --rate 2.10 --organization acme
      """)

  @OptionGroup var options: ServiceOptions
  @OptionGroup var item: PriceItemOptions

  @Option(help: ArgumentHelp("From when on (default: now).", valueName: "time"))
  var from: String?

  @Option(help: ArgumentHelp("Of 1,000,000 tokens of prompts.", valueName: "dollars"))
  var prompt: String?

  @Option(help: ArgumentHelp("Of 1,000,000 tokens of completions.", valueName: "dollars"))
  var completion: String?

  @Option(
    help: ArgumentHelp("Of those from a cache (default: as prompts).", valueName: "dollars"))
  var cached: String?

  @Option(
    help: ArgumentHelp("Of those of reasoning (default: as completions).", valueName: "dollars"))
  var reasoning: String?

  @Option(help: ArgumentHelp("Of a unit of the resource.", valueName: "dollars"))
  var rate: String?

  func run() throws {
    let now = ServiceEnvironment.real.now()
    let start = try from.map { try PriceItemOptions.time($0, "--from") } ?? now
    let key = try item.key(from: start)
    let price: Price
    switch key.item {
    case .model(let model):
      guard rate == nil, let prompt = try Self.amount(prompt, "--prompt"),
        let completion = try Self.amount(completion, "--completion")
      else {
        throw CommandFailure(
          "a model has --prompt and --completion, and no --rate",
          hint: "--cached and --reasoning may be given beside them")
      }
      price = Price(
        model: model, organization: key.organization, validFrom: start,
        TokenPrice(
          prompt: prompt, completion: completion, cached: try Self.amount(cached, "--cached"),
          reasoning: try Self.amount(reasoning, "--reasoning")))
    case .resource(let resource):
      let others = [prompt, completion, cached, reasoning].allSatisfy { $0 == nil }
      guard others, let rate = try Self.amount(rate, "--rate") else {
        throw CommandFailure(
          "a resource has --rate alone, in US dollars per \(resource.unit)")
      }
      price = Price(resource, organization: key.organization, validFrom: start, rate: rate)
    }
    try Prices.change(PriceChange(set: [price]), options, "prices set")
  }

  private static func amount(_ text: String?, _ option: String) throws -> Int64? {
    guard let text else { return nil }
    guard let amount = PriceDocument.microdollars(text) else {
      throw CommandFailure("\(option) must be \(PriceDocument.amountRule)")
    }
    return amount
  }
}

struct PricesImportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Set the prices of a file, all of them or none.",
    discussion: """
      A file of JSON, as `daybook prices list --json` writes it: {"prices": [{"model": "iris-2", \
      "valid_from": "2026-01-01", "prompt_usd": 0.15, "completion_usd": 0.6}, {"resource": "gpu", \
      "valid_from": "2026-01-01", "rate_usd": 1.5}]}. Others stay; those under "remove" go.
      """)

  @OptionGroup var options: ServiceOptions

  @Argument(help: "The file.", completion: .file())
  var file: String

  func run() throws {
    let bytes = try SmallFile.read(file, largestByteCount: 4 << 20)
    let json: StrictJSON
    do { json = try StrictJSON(bytes) } catch {
      throw CommandFailure("'\(file)' is no JSON: \(error)")
    }
    let change: PriceChange
    do throws(PriceProblem) { change = try PriceDocument.change(json) } catch {
      throw CommandFailure("'\(file)': \(error)")
    }
    try Prices.change(change, options, "prices import")
  }
}

struct PricesRemoveCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "remove", abstract: "Remove one price: the one before it is in force then.")

  @OptionGroup var options: ServiceOptions
  @OptionGroup var item: PriceItemOptions

  @Option(help: ArgumentHelp("From when on it is, as `list` shows it.", valueName: "time"))
  var from: String

  func run() throws {
    let key = try item.key(from: try PriceItemOptions.time(from, "--from"))
    try Prices.change(PriceChange(removed: [key]), options, "prices remove")
  }
}

/// Which price.
struct PriceItemOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The model, as events name it.", valueName: "name"))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Or \(Resource.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "name"))
  var resource: String?

  @Option(
    help: ArgumentHelp("Whose price it is (default: of all without their own).", valueName: "name"))
  var organization: String?

  func validate() throws {
    guard (model == nil) != (resource == nil) else {
      throw ValidationError("name a --model or a --resource")
    }
  }

  func key(from time: UnixTime) throws -> Price.Key {
    let owner = try organization.map { name in
      guard let owner = OrganizationID(name) else {
        throw CommandFailure("--organization must be \(Identifier.allowed)")
      }
      return owner
    }
    if let model {
      guard let name = Identifier(model) else {
        throw CommandFailure("--model must be \(Identifier.allowed)")
      }
      return Price.Key(item: .model(name), organization: owner, validFrom: time)
    }
    guard let known = resource.flatMap({ Resource(rawValue: $0) }) else {
      throw CommandFailure(
        "there is no such resource",
        hint: "one of \(Resource.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return Price.Key(item: .resource(known), organization: owner, validFrom: time)
  }

  static func time(_ text: String, _ option: String) throws -> UnixTime {
    guard let time = PriceDocument.time(text) else {
      throw CommandFailure("\(option) must be \(PriceDocument.timeRule)")
    }
    return time
  }
}

/// The prices of a data folder.
enum Prices {
  static func change(
    _ change: PriceChange, _ options: ServiceOptions, _ command: String
  ) throws {
    let outcome = try EmitterKeys.change(options, command) { engine, administration, now in
      do {
        return try PriceList(engine, audit: administration.audit).change(
          change, by: .commandLine, at: now)
      } catch let problem as PriceProblem {
        throw CommandFailure("\(problem)")
      } catch let error as StoreError {
        throw CommandFailure("\(error)")
      }
    }
    StandardError.write(
      "\(Readable.count(outcome.set, "price")) set, \(outcome.removed) removed\n")
  }
}
