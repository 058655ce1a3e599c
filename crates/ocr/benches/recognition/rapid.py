"""Recognises the images whose paths come on standard input, one a line, with RapidOCR on the models
that its wheel brings, one thread; answers each with one line of JSON: its text, CPU seconds and
scores."""

import json
import sys
import time

import cv2
from rapidocr import RapidOCR

engine = RapidOCR(
    params={
        "Global.log_level": "error",
        "EngineConfig.onnxruntime.intra_op_num_threads": 1,
        "EngineConfig.onnxruntime.inter_op_num_threads": 1,
    }
)
cv2.setNumThreads(1)
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    image = cv2.imread(line.rstrip("\n"))
    start = time.process_time()
    result = engine(image)
    seconds = time.process_time() - start
    print(json.dumps({"text": "\n".join(result.txts or ()), "seconds": seconds}), flush=True)
