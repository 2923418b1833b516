"""Trains the run in this folder with PyTorch, on any number of processes:

    torchrun --nproc_per_node 8 train.py            # one machine; train.slurm is for several

Each step is the one that Lookalike itself would compute: same photos, views, rates, losses and names. Started again, it
goes on from its newest checkpoint. Progress is JSON lines on standard output; what `lookalike import` takes is in results/."""
import argparse
import json
import os
import signal
import sys
import time
from contextlib import nullcontext

import torch
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

import ranks
from learning import Optimizer, Schedule
from methods import Step
from photos import Batches, Photos, Views
from probe import measure
from state import inSeries, newest, thin, writeTensors, written

HERE = os.path.dirname(os.path.abspath(__file__))


def arguments():
    p = argparse.ArgumentParser(description='Trains the run in this folder.')
    p.add_argument('--photos', metavar='DIR', help='where the folder of photos is on this machine')
    p.add_argument('--out', default=os.path.join(HERE, 'results'), help='checkpoints and history')
    p.add_argument('--accumulate', type=int, default=1, metavar='N',
                   help='batches in N pieces, where the cards cannot hold one: normalisation and negatives are of a piece')
    p.add_argument('--amp', choices=['auto', 'off', 'bf16', 'fp16'], default='auto', help='auto: half precision on graphics cards')
    p.add_argument('--workers', type=int, default=None, metavar='N', help='processes of each rank that load photos')
    p.add_argument('--until', type=int, default=None, metavar='STEP', help='stop when so many steps are done, as if asked to')
    p.add_argument('--threads', type=int, default=None, metavar='N')
    return p.parse_args()


def precisionOf(args, device):
    """The type that is computed in, or None for float32."""
    if args.amp == 'off' or (args.amp == 'auto' and device.type != 'cuda'):
        return None
    if args.amp == 'auto':
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
    return torch.bfloat16 if args.amp == 'bf16' else torch.float16


class Scale:
    """Loss scaling for float16, by GradScaler's rule, kept under the names of Lookalike's checkpoints."""

    def __init__(self, wanted):
        self.kept = {'scaler.scale': torch.tensor(65536.0), 'scaler.goodSteps': torch.tensor(0.0)} if wanted else {}
        self.factor = 65536.0 if wanted else 1.0

    def counts(self, parameters):
        """Divides the gradients by the factor. Whether the step counts: one that is not finite is skipped."""
        if not self.kept:
            return True
        gradients = [p.grad for p in parameters if p.grad is not None]
        for g in gradients:
            g.div_(self.factor)
        finite = bool(torch.stack([torch.isfinite(g).all() for g in gradients]).all())
        good = self.kept['scaler.goodSteps'].item() + 1 if finite else 0
        self.factor *= 0.5 if not finite else 2 if good >= 2000 else 1
        self.kept['scaler.scale'].fill_(self.factor)
        self.kept['scaler.goodSteps'].fill_(0 if good >= 2000 else good)
        return finite


class Told:
    """What rank 0 says: JSON lines on standard output, and rows, steps and the first figures in results/history.jsonl."""

    def __init__(self, out, run, first):
        self.path, self.run = os.path.join(out, 'history.jsonl'), run
        self.file = None
        if ranks.rank == 0:
            os.makedirs(out, exist_ok=True)
            rows = []
            if os.path.exists(self.path):  # what came after the checkpoint that this goes on from comes again
                with open(self.path, encoding='utf8') as file:
                    rows = [line for line in file if line.endswith('\n') and json.loads(line).get('step', 0) <= first]
            written(self.path, [row.encode() for row in rows])
            self.file = open(self.path, 'a', encoding='utf8')

    def keep(self, kind, fields):
        if self.file:
            self.file.write(json.dumps({'kind': kind, **fields}) + '\n')
            self.file.flush()

    def event(self, name, fields):
        if self.file:
            print(json.dumps({'event': name, 'run': self.run['run'], **fields}), flush=True)


def main():
    args = arguments()
    device = ranks.begin()
    if args.threads or device.type == 'cpu':
        torch.set_num_threads(args.threads or max(1, (os.cpu_count() or 1) // ranks.world))
    with open(os.path.join(HERE, 'run.json'), encoding='utf8') as file:
        run = json.load(file)
    config = run['config']
    pieces, batch = args.accumulate, config['batchSize']
    if pieces < 1 or batch % (pieces * ranks.world) or batch // pieces < 2:
        raise SystemExit(f'a batch of {batch} photos does not divide among {ranks.world} processes in {pieces} pieces: '
                         'choose others, or another batchSize')
    photos = Photos(HERE, run, args.photos)
    photos.require()
    checkpoints = os.path.join(args.out, 'checkpoints')
    tensors, facts = newest(checkpoints, os.path.join(HERE, 'start.safetensors'))
    schedule = Schedule(facts['schedule'], config)

    step, model = facts['step'], Step(run)
    optimizer = Optimizer(config['optimizer'], list(model.named()))
    precision = precisionOf(args, device)
    scale = Scale(precision == torch.float16)
    with torch.no_grad():
        for name, own in [*model.named(), *optimizer.kept.items(), *scale.kept.items()]:
            if name in tensors:
                own.copy_(tensors[name])
            elif not name.startswith(('optimizer.', 'scaler.')):
                raise SystemExit(f'{name} is not in the checkpoint: it belongs to another folder')
    scale.factor = scale.kept['scaler.scale'].item() if scale.kept else 1.0
    layout = torch.channels_last if device.type == 'cuda' else torch.contiguous_format
    if device.type == 'cuda':
        model = ranks.onCards(model).to(device, memory_format=layout)
        kept = {name: t.to(device) if t.dim() else t for name, t in optimizer.kept.items()}
        optimizer = Optimizer(config['optimizer'], list(model.named()))
        optimizer.kept = kept
    model.train()
    whole = model
    if ranks.world > 1:
        whole = DistributedDataParallel(model, device_ids=[device.index] if device.type == 'cuda' else None, broadcast_buffers=False)
    workers = args.workers if args.workers is not None else (8 if device.type == 'cuda' else 0)
    loader = DataLoader(Views(photos, run['views']), num_workers=workers, pin_memory=device.type == 'cuda',
                        batch_sampler=Batches(photos, schedule, step, ranks.rank, ranks.world, pieces))

    stop = torch.zeros((), device=device)
    for name in ('SIGTERM', 'SIGUSR1', 'SIGUSR2'):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.fill_(1))

    told = Told(args.out, run, step)
    if step == facts['step'] == run['firstStep']:
        untrained = run.get('untrained') or measure(model.net, photos, run, device)
        told.keep('untrained', {'step': step, 'metrics': untrained})
    told.event('start', {'device': f'{ranks.world} x {device.type}', 'images': len(photos.trained), 'config': config,
                         'step': step, 'steps': schedule.total, 'precision': str(precision or torch.float32)})

    since, lastRow = facts['sinceRow'], facts['lastRow']
    base, began, saved, savingSeconds = facts['trainingSeconds'], time.monotonic(), time.monotonic(), 0.0
    timed = {'steps': 0, 'seconds': 0.0, 'waited': 0.0}
    perProbe = max(1, int(config['probe']['everyEpochs'] * schedule.stepsPerEpoch + 0.5))
    seconds = lambda: base + time.monotonic() - began

    def save(worth):
        nonlocal saved, savingSeconds
        if ranks.rank == 0:
            start = time.monotonic()
            epoch, inEpoch = schedule.place(step)
            state = {**dict(model.named()), **optimizer.kept, **scale.kept}
            writeTensors(os.path.join(checkpoints, f'step-{step:09d}.safetensors'), state, {
                **facts, 'step': step, 'epoch': schedule.epoch(step), 'stepInEpoch': inEpoch, 'trainingSeconds': seconds(),
                'knn': worth and worth['knn'], 'agreement': worth and worth['agreement'],
                'finished': step == schedule.total, 'sinceRow': since, 'lastRow': lastRow})
            thin(checkpoints)
            saved = time.monotonic()
            savingSeconds = saved - start

    loaded = iter(loader)
    limit = schedule.total if args.until is None else min(schedule.total, args.until)
    while step < limit:
        start, waited = time.monotonic(), 0.0
        rates = schedule.rates(step)
        model.follow(schedule.momentum(step))
        losses = torch.zeros(2, device=device)
        for piece in range(pieces):
            asked = time.monotonic()
            *views, numbers = next(loaded)
            waited += time.monotonic() - asked
            views = [v.to(device, memory_format=layout, non_blocking=True) for v in views]
            numbers = ranks.gather(numbers.to(device))
            last = piece == pieces - 1
            with nullcontext() if last or ranks.world == 1 else whole.no_sync():
                with torch.autocast(device.type, precision) if precision else nullcontext():
                    loss, spread = whole(views, numbers)
                # Gradients of the ranks are averaged, and each is of the loss of all: the sum is wanted.
                (loss * (scale.factor * ranks.world / pieces)).backward()
            losses += torch.stack([loss.detach(), spread]) / pieces
        if scale.counts(optimizer.parameters.values()):
            optimizer.step(rates)
        for p in optimizer.parameters.values():
            p.grad = None
        step += 1
        loss, spread = losses.tolist()
        if loss != loss or abs(loss) == float('inf'):
            raise SystemExit(f'the loss of step {step} is not finite: lower optimizer.baseLearningRate and write the folder again')
        since = {'steps': since['steps'] + 1, 'loss': since['loss'] + loss, 'zStd': since['zStd'] + spread,
                 'lossMin': min(loss, since['lossMin'] if since['lossMin'] is not None else loss),
                 'lossMax': max(loss, since['lossMax'] if since['lossMax'] is not None else loss)}
        timed = {'steps': timed['steps'] + 1, 'seconds': timed['seconds'] + time.monotonic() - start, 'waited': timed['waited'] + waited}
        told.keep('step', {'step': step, 'epoch': schedule.epoch(step), 'loss': loss, 'zStdTraining': spread,
                           'learningRate': rates['network'], 'trainingSeconds': seconds(), 'at': int(1000 * time.time())})

        stopping = ranks.summed(stop.clone()).item() > 0 or step == limit < schedule.total
        counted, worth = schedule.counted(step), None
        if step == schedule.total or counted % perProbe == 0:
            worth = measure(model.net, photos, run, device)
            pace = timed['seconds'] / timed['steps']
            lastRow = {**worth, 'epoch': schedule.epoch(step), 'epochs': schedule.epoch(schedule.total), 'step': step,
                       'loss': since['loss'] / since['steps'], 'lossMin': since['lossMin'], 'lossMax': since['lossMax'],
                       'zStdTraining': since['zStd'] / since['steps'], 'learningRate': rates['network'],
                       'imagesPerSecond': batch / pace, 'dataWait': min(1, timed['waited'] / timed['seconds']),
                       'trainingSeconds': seconds(), 'at': int(1000 * time.time()), 'etaSeconds': pace * (schedule.total - step)}
            since = {'steps': 0, 'loss': 0, 'lossMin': None, 'lossMax': None, 'zStd': 0}
            timed = {'steps': 0, 'seconds': 0.0, 'waited': 0.0}
            told.keep('row', lastRow)
            told.event('epoch', {**lastRow, 'verdict': None})
        elapsed = time.monotonic() - saved
        epochEnd = counted % schedule.stepsPerEpoch == 0 and (inSeries(schedule.epoch(step)) or savingSeconds <= elapsed / 20)
        if stopping or step == schedule.total or epochEnd or elapsed >= 60 * config['checkpoint']['minutes']:
            save(worth)
        if stopping:
            break
    if step < schedule.total:
        told.event('stopped', {'epoch': schedule.epoch(step), 'step': step})
        return
    if ranks.rank == 0:
        written(os.path.join(args.out, 'done'), [b''])  # for train.slurm
    told.event('done', {'checkpoint': os.path.join(checkpoints, f'step-{step:09d}.safetensors'), 'epochs': schedule.epoch(step),
                        'seconds': seconds(), 'verdict': None, 'knn': lastRow and lastRow['knn'], 'agreement': lastRow and lastRow['agreement']})


if __name__ == '__main__':
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):  # one sentence, and an event that says it to programs
            if ranks.rank == 0:
                print(json.dumps({'event': 'error', 'run': None, 'name': 'Error', 'message': end.code}), flush=True)
            print(f'train.py: {end.code}', file=sys.stderr)
            sys.exit(1)
        raise
