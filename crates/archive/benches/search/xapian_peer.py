"""Xapian beside Dossier: letters as lines, an empty line, then phrases as lines, all on stdin.

Prints the processor time and the time of indexing in seconds, the database's size in bytes, and the
median time of a phrase (count and first 20, with their texts) in milliseconds.
"""

import os
import sys
import time

import xapian

FLAGS = xapian.TermGenerator.FLAG_CJK_NGRAM


def index(folder):
    database = xapian.WritableDatabase(folder, xapian.DB_CREATE_OR_OVERWRITE)
    generator = xapian.TermGenerator()
    generator.set_flags(FLAGS)
    spent = wall = 0.0
    for line in sys.stdin:
        line = line.rstrip("\n")
        if not line:
            break
        cpu, start = time.process_time(), time.perf_counter()
        document = xapian.Document()
        document.set_data(line)
        generator.set_document(document)
        generator.index_text(line)
        database.add_document(document)
        spent += time.process_time() - cpu
        wall += time.perf_counter() - start
    cpu, start = time.process_time(), time.perf_counter()
    database.commit()
    database.close()
    return spent + time.process_time() - cpu, wall + time.perf_counter() - start


def ask(folder):
    database = xapian.Database(folder)
    parser = xapian.QueryParser()
    parser.set_database(database)
    flags = xapian.QueryParser.FLAG_CJK_NGRAM | xapian.QueryParser.FLAG_PHRASE
    times = []
    for line in sys.stdin:
        start = time.perf_counter()
        enquire = xapian.Enquire(database)
        enquire.set_query(parser.parse_query('"' + line.rstrip("\n") + '"', flags))
        found = enquire.get_mset(0, 20, database.get_doccount())
        for match in found:
            match.document.get_data()
        times.append(time.perf_counter() - start)
    times.sort()
    return times[len(times) // 2] * 1000 if times else 0.0


def main():
    folder = sys.argv[1]
    sys.stdin.reconfigure(encoding="utf-8")
    spent, wall = index(folder)
    size = sum(os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder))
    print(spent, wall, size, ask(folder))


main()
