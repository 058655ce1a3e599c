# Two commands set everything up on a Debian machine that has Rust:
#   make demo   takes the samples in and searches them
#   make test   runs every test, on the real recognition models

DOSSIER := target/release/dossier
DEMO := demo-archive
ARCHIVE ?= $(DEMO)

.PHONY: build demo test check doc models samples bundle try-bundle tools clean-demo bench-ocr bench-fields bench-search

build: tools
	cargo build --release

# What a bare Debian lacks, by package name.
tools:
	@sh packaging/tools.sh

models: build
	@$(DOSSIER) models install

demo: models
	@sh packaging/demo.sh $(DOSSIER) $(DEMO)

test: models
	@sh packaging/tools.sh fonts
	cargo test --release --workspace

# What CI asks for before the tests.
check: tools
	@sh packaging/check.sh
	cargo fmt --all --check
	cargo clippy --release --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --workspace --no-deps

# Error, exactness, confidence and speed of recognition, beside RapidOCR; BENCH="--pages 6" for more.
bench-ocr: models
	@sh packaging/tools.sh fonts
	@sh packaging/bench-ocr.sh $(BENCH)

# Precision and recall of every field, on generated letters and on scans of them; writes the tables.
bench-fields: models
	@sh packaging/tools.sh fonts
	cargo bench --workspace --bench accuracy -- --held-out --scans 60 --write "$(CURDIR)/docs" $(BENCH)

# Indexing, finding and asking, beside FTS5, ripgrep and Xapian; LETTERS=100000 for more, PARTS="indexing queries" for less.
bench-search: tools
	@sh packaging/tools.sh peers || echo "what cannot be installed is left out" >&2
	DOSSIER_BENCH_LETTERS=$(or $(LETTERS),10000) cargo bench --workspace --bench search -- $(PARTS)

# Writes samples/ anew; the fonts are Debian's fonts-arphic-uming, fonts-arphic-ukai and fonts-wqy-zenhei.
samples:
	@sh packaging/tools.sh fonts
	cargo run --release -p dossier-testkit --bin dossier-samples -- samples

# One archive file for a closed network, below dist/.
bundle: models
	@sh packaging/bundle.sh $(DOSSIER) "$${DOSSIER_MODELS:-$${XDG_DATA_HOME:-$$HOME/.local/share}/dossier/models}" dist

# Tries it in an empty root directory without network; as root.
try-bundle: bundle
	sh packaging/try-bundle.sh dist/dossier-*-linux.tar.gz samples

clean-demo:
	rm -rf $(DEMO)
