#!/usr/bin/env bash
# Trains on all graphics cards of this machine (or on processors: PROCESSES=2 ./one-machine.sh).
# What is given goes to train.py: ./one-machine.sh --photos /data/photos. A lost process starts all again, from the
# newest checkpoint.
set -euo pipefail
cd "$(dirname "$0")"
cards=$(python3 -c 'import torch; print(max(1, torch.cuda.device_count()))')
processes=${PROCESSES:-$cards}
torchrun --standalone --nproc_per_node "$processes" --max_restarts 3 train.py "$@"
